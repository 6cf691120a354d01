"""Puts into words what was seen."""

from collections import Counter

from standin.scenes.judge.sighting import Seen, Sighting
from standin.scenes.language.scene import Wanted
from standin.scenes.language.vocabulary import things
from standin.scenes.language.writing import name_of, number_word, phrase_of

_UNCOUNTED = frozenset({"time", "water", "ground", "far"})


def told(seen: tuple[Seen, ...]) -> str:
    """`two red circles and one blue square`; empty for nothing."""
    counts = Counter((one.thing, one.colour if things()[one.thing].is_colourable else None) for one in seen)
    parts = []
    for (name, colour), count in counts.items():
        thing = things()[name]
        want = Wanted(thing=name, colour=colour)
        if thing.group in _UNCOUNTED or (thing.group == "sky" and name != "birds"):
            parts.append(phrase_of(want))
        else:
            parts.append(f"{number_word(count)} {name_of(want, many=count != 1)}")
    return joined(parts)


def joined(parts: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def told_instead(sighting: Sighting, group: str) -> str:
    """What is there of the same sort: what an eye falls on when it looks for a thing in vain."""
    if group in ("sky", "time"):
        sky = told(tuple(one for one in sighting.seen if things()[one.thing].group == "sky"))
        time = phrase_of(Wanted(thing=sighting.time)) if sighting.time else "no sky"
        return f"{time} with {sky}" if sky else time
    groups = {"water": ("water", "ground"), "object": ("object", "sign"), "sign": ("object", "sign")}.get(
        group, (group,)
    )
    found = told(tuple(one for one in sighting.seen if things()[one.thing].group in groups))
    if found:
        return found
    if group in ("ground", "far", "water"):
        return (
            "no landscape" if sighting.time is None else "a bare horizon" if group == "far" else "nothing of the sort"
        )
    return "nothing of the sort"


def where(seen: tuple[Seen, ...]) -> str:
    """`on the left side`, for the middle of all of them."""
    x = sum(one.x for one in seen) / len(seen)
    return "on the left side" if x < 0.42 else "on the right side" if x > 0.58 else "in the middle"
