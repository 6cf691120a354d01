"""Descriptions of detections in words, for the `observed` of a check."""

from collections import Counter

from standin.scenes.judge.detection import Detection, Detections
from standin.scenes.language.phrases import name_want, number_word, phrase_want
from standin.scenes.language.scene import Want
from standin.scenes.language.vocabulary import things

_UNCOUNTED = frozenset({"time", "water", "ground", "far", "backdrop"})
_SIMILAR_GROUPS = {"water": ("water", "ground"), "object": ("object", "sign"), "sign": ("object", "sign")}


def describe(found: tuple[Detection, ...]) -> str:
    """Return a list such as `two red circles and one blue square`. Empty for no detections."""
    counts = Counter((one.thing, one.colour if things()[one.thing].is_colourable else None) for one in found)
    parts = []
    for (name, colour), count in counts.items():
        thing = things()[name]
        want = Want(thing=name, colour=colour)
        if thing.group in _UNCOUNTED or (thing.group == "sky" and name != "birds"):
            parts.append(phrase_want(want))
        else:
            parts.append(f"{number_word(count)} {name_want(want, plural=count != 1)}")
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def describe_alternatives(detections: Detections, group: str) -> str:
    """Describe the detections that are similar to a missing thing of a group."""
    if group in ("sky", "time"):
        sky = describe(tuple(one for one in detections.found if things()[one.thing].group == "sky"))
        time = phrase_want(Want(thing=detections.time)) if detections.time else "no sky"
        return f"{time} with {sky}" if sky else time
    groups = _SIMILAR_GROUPS.get(group, (group,))
    similar = describe(tuple(one for one in detections.found if things()[one.thing].group in groups))
    if similar:
        return similar
    if group in ("ground", "far", "water"):
        if detections.time is None:
            return "no landscape"
        return "a bare horizon" if group == "far" else "nothing of the sort"
    return "nothing of the sort"


def describe_side(found: tuple[Detection, ...]) -> str:
    """Return the side of the image that the detections are on, by the mean of their centres."""
    x = sum(one.x for one in found) / len(found)
    return "on the left side" if x < 0.42 else "on the right side" if x > 0.58 else "in the middle"
