"""The detections that a phrase names, such as "the red circle" or "houses on the left"."""

import re
from collections.abc import Callable

from standin.scenes.judge.detection import Detection, Detections
from standin.scenes.language.parse_scene import parse_excluded, parse_scene
from standin.scenes.language.scene import Want

_ARTICLE = re.compile(r"^(the|all the|all) ", re.IGNORECASE)
_IS_AT: dict[str | None, Callable[[Detection], bool]] = {
    "left": lambda one: one.x < 0.5,
    "right": lambda one: one.x > 0.5,
    "above": lambda one: one.y < 0.5,
    "below": lambda one: one.y > 0.5,
}


def find_named(phrase: str, detections: Detections) -> list[Detection]:
    """Return the detections with a place of their own that the phrase names. None for a phrase that is not understood."""
    found: list[Detection] = []
    for want in _wants(phrase):
        found += [
            one
            for one in detections.of(want.thing)
            if one.box is not None
            and want.colour in (None, one.colour)
            and (want.place not in _IS_AT or _IS_AT[want.place](one))
            and one not in found
        ]
    return found


def _wants(phrase: str) -> tuple[Want, ...]:
    scene = parse_scene(phrase, "en")
    if scene.wants and scene.is_understood:
        return scene.present
    # "Red circles", of which the phrase does not give the number.
    excluded = parse_excluded(_ARTICLE.sub("", phrase.strip()))
    return excluded.wants if excluded.is_understood else ()
