"""The stand-in's judge: answers `record_verdict` from the picture's pixels and the questions, and from nothing else.

It shares the names of things with the painter, not how they are drawn: what it goes by is its own knowledge of what a
moon, a roof or a red circle looks like. What it does not know it says it cannot tell, and that counts as not met.
"""

from typing import Any

from standin.scenes.judge.check import check
from standin.scenes.judge.look_over import look_over
from standin.scenes.language.reading import read


def judge(images: list[bytes], data: dict[str, Any]) -> dict[str, Any]:
    """The input of `record_verdict`: a check for each requirement and candidate, candidates in the images' order."""
    requirements = [one for one in data.get("requirements") or [] if isinstance(one, dict)]
    scenes = [read(str(one.get("text") or "")) for one in requirements]
    checks: list[dict[str, Any]] = []
    for candidate, image in enumerate(images, start=1):
        sighting = look_over(image)
        for requirement, scene in zip(requirements, scenes, strict=True):
            observed, met = check(scene, sighting)
            checks.append({"id": requirement.get("id"), "candidate": candidate, "observed": observed, "met": met})
    return {"checks": checks, "reason": _reason(checks, len(images))}


def _reason(checks: list[dict[str, Any]], candidates: int) -> str:
    failed = [one for one in checks if not one["met"]]
    if not failed:
        return "Everything asked for is there."
    said = dict.fromkeys(
        (f"candidate {one['candidate']}: " if candidates > 1 else "") + one["observed"] for one in failed
    )
    return "Not as asked: " + "; ".join(said) + "."
