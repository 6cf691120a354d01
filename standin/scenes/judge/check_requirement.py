"""The check of one requirement against the detections."""

from standin.scenes.judge.describe import describe, describe_alternatives, describe_side
from standin.scenes.judge.detection import Detection, Detections
from standin.scenes.language.phrases import name_want, phrase_want, place_phrase, relation_phrase
from standin.scenes.language.scene import Relation, Scene, Want
from standin.scenes.language.vocabulary import things

_IS_AT = {
    "left": lambda one: one.x < 0.45,
    "right": lambda one: one.x > 0.55,
    "middle": lambda one: 0.33 < one.x < 0.67,
    "above": lambda one: one.y < 0.45,
    "below": lambda one: one.y > 0.55,
    "foreground": lambda one: one.foot > 0.80,
}
_OPPOSITE_RELATION = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}


def check_requirement(scene: Scene, detections: Detections) -> tuple[str, bool]:
    """Return the observation, and whether the requirement is met. `scene`: the requirement's text, parsed."""
    if not is_certain(scene):
        return _describe_unread(scene), False
    results = [_check_want(want, detections) for want in scene.wants]
    results += [_check_relation(relation, detections) for relation in scene.relations]
    failures = [observed for observed, met in results if not met]
    observations = dict.fromkeys(failures or [observed for observed, _ in results])
    return "; ".join(observations), not failures


def is_certain(scene: Scene) -> bool:
    """Return whether the judge can decide a requirement: it understands the whole text."""
    return bool(scene.wants) and not scene.unread


def _describe_unread(scene: Scene) -> str:
    words = list(dict.fromkeys(word for unread in scene.unread for word in unread.words))
    if words:
        return f"does not know {', '.join(repr(word) for word in words)}"
    texts = ", ".join(f'"{unread.text}"' for unread in scene.unread)
    return f"does not know how to check {texts or 'an empty text'}"


def _check_want(want: Want, detections: Detections) -> tuple[str, bool]:
    thing = things()[want.thing]
    if thing.group == "time":
        return describe_alternatives(detections, "time"), (detections.time == want.thing) != want.is_absent
    found = _find_thing(want.thing, detections)
    matching = tuple(one for one in found if want.colour is None or one.colour == want.colour)
    if want.is_absent:
        return (f"{describe(matching)}", False) if matching else (f"no {name_want(want, plural=True)}", True)
    if not matching:
        if found and want.colour:
            return f"{describe(found)}, none of them {want.colour}", False
        alternatives = describe_alternatives(detections, thing.group)
        return f"no {name_want(want, plural=bool(want.count) or thing.is_plural)}; {alternatives}", False
    are_several = thing.name in ("birds", "meteors")
    if len(matching) != want.count if want.count is not None else are_several and len(matching) < 2:
        return describe(matching), False
    if want.lettering is not None:
        observed, met = _check_lettering(want.lettering, matching)
        if not met or want.place is None:
            return observed, met
    if want.place is not None:
        return _check_place(want.place, matching)
    return describe(matching), True


def _find_thing(name: str, detections: Detections) -> tuple[Detection, ...]:
    """Return the detections of a thing, and of the more special things: a full moon is a moon."""
    return detections.of(name, *(other.name for other in things().values() if other.is_a == name))


def _check_place(place: str, found: tuple[Detection, ...]) -> tuple[str, bool]:
    is_there = all(_IS_AT[place](one) for one in found)
    if is_there:
        where = place_phrase(place)
    elif place in ("above", "below", "foreground"):
        where = f"not {place_phrase(place)}"
    else:
        where = describe_side(found)
    return f"{describe(found)} {where}", is_there


def _check_lettering(lettering: str, signs: tuple[Detection, ...]) -> tuple[str, bool]:
    read_texts = [one.lettering for one in signs if one.lettering]
    if not read_texts:
        return "a sign with nothing legible on it", False
    observed = "a sign that says " + ", ".join(f'"{text}"' for text in read_texts)
    return observed, lettering in read_texts


def _check_relation(relation: Relation, detections: Detections) -> tuple[str, bool]:
    first, second = (
        tuple(one for one in _find_thing(name, detections) if colour is None or one.colour == colour)
        for name, colour in (relation.subject, relation.object)
    )
    for key, found in ((relation.subject, first), (relation.object, second)):
        if not found:
            name = name_want(Want(thing=key[0], colour=key[1]))
            return f"no {name}; {describe_alternatives(detections, things()[key[0]].group)}", False
    if relation.kind in ("left of", "right of"):
        places = [one.x for one in first], [one.x for one in second]
    else:
        places = [one.y for one in first], [one.y for one in second]
    met = _all_before(*places) if relation.kind in ("left of", "above") else _all_before(*reversed(places))
    kind = relation.kind if met else _OPPOSITE_RELATION[relation.kind]
    names = [phrase_want(Want(thing=key[0], colour=key[1])) for key in (relation.subject, relation.object)]
    return f"{names[0]} {relation_phrase(kind)} {names[1]}", met


def _all_before(low: list[float], high: list[float]) -> bool:
    return max(low) + 0.02 < min(high)
