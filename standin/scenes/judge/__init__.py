"""The stand-in's judge: answers `record_verdict` from the pixels of the pictures and the requirements, nothing else.

It shares the names of things with the painter, but no drawing code: it has its own rules for the look of a moon, a roof
or a red circle. If it does not understand every word of a requirement ("a cat near a red house"), it cannot tell: the check is
not met, and not certain.
"""

from typing import Any

from standin.scenes.judge.check_requirement import check_requirement, is_certain
from standin.scenes.judge.detect_all import detect_all
from standin.scenes.language.parse_scene import parse_scene


def judge(images: list[bytes], data: dict[str, Any]) -> dict[str, Any]:
    """Return the input of `record_verdict`: one check per candidate and requirement. Candidates are image files."""
    requirements = [one for one in data.get("requirements") or [] if isinstance(one, dict)]
    scenes = [parse_scene(str(one.get("text") or "")) for one in requirements]
    checks: list[dict[str, Any]] = []
    for candidate, image in enumerate(images, start=1):
        detections = detect_all(image)
        for requirement, scene in zip(requirements, scenes, strict=True):
            observed, met = check_requirement(scene, detections)
            check = {"id": requirement.get("id"), "candidate": candidate, "observed": observed, "met": met}
            checks.append(check | {"certain": is_certain(scene)})
    return {"checks": checks, "reason": _summarize(checks, len(images))}


def _summarize(checks: list[dict[str, Any]], candidates: int) -> str:
    sentences = []
    for opening, is_certain_check in (("Not as asked", True), ("Cannot tell", False)):
        observations = dict.fromkeys(
            (f"candidate {one['candidate']}: " if candidates > 1 else "") + one["observed"]
            for one in checks
            if not one["met"] and one["certain"] is is_certain_check
        )
        if observations:
            sentences.append(f"{opening}: {'; '.join(observations)}.")
    return " ".join(sentences) or "Everything asked for is there."
