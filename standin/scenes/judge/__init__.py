"""The stand-in's judge: answers `record_verdict` from the pixels of the pictures and the requirements, nothing else.

It shares the names of things with the painter, but no drawing code: it has its own rules for the look of a moon, a roof
or a red circle. If it does not understand every word of a requirement ("a cat near a red house"), it cannot tell: the check is
not met, and not certain.
"""

import re
from collections.abc import Sequence
from typing import Any

from standin.scenes.judge.check_edit import EditedPicture, Finding, check_edit
from standin.scenes.judge.check_requirement import check_requirement, is_certain
from standin.scenes.judge.detect_all import detect_picture
from standin.scenes.judge.hsv_image import load_picture
from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.language.scene import Scene

_ARTICLE = re.compile(r"^no (the|an?) ", re.IGNORECASE)


def judge(images: list[bytes], data: dict[str, Any], sources: Sequence[bytes] = ()) -> dict[str, Any]:
    """Return the input of `record_verdict`: one check per candidate and requirement.

    images: the candidates, as image files; sources: the pictures that they were made from.
    """
    requirements = [one for one in data.get("requirements") or [] if isinstance(one, dict)]
    # "No the red circle": a thing to remove, in the words of whoever named it.
    texts = [_ARTICLE.sub("no ", str(one.get("text") or "")) for one in requirements]
    scenes = [parse_scene(text) for text in texts]
    source_pictures = [load_picture(source) for source in sources]
    checks: list[dict[str, Any]] = []
    for candidate, image in enumerate(images, start=1):
        picture = load_picture(image)
        edited = EditedPicture(source_pictures, picture, detect_picture(picture))
        for requirement, text, scene in zip(requirements, texts, scenes, strict=True):
            observed, met, certain = _check(text, scene, edited)
            check = {"id": requirement.get("id"), "candidate": candidate, "observed": observed, "met": met}
            checks.append(check | {"certain": certain})
    return {"checks": checks, "reason": _summarize(checks, len(images))}


def _check(text: str, scene: Scene, edited: EditedPicture) -> Finding:
    # What an ordinary requirement asks for can be seen in the candidate alone.
    if edited.sources and not is_certain(scene) and (finding := check_edit(text, edited)):
        return finding
    observed, met = check_requirement(scene, edited.detections)
    return observed, met, is_certain(scene)


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
