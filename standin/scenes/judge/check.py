"""Holds what was seen against one requirement's text."""

from standin.scenes.judge.sighting import Seen, Sighting
from standin.scenes.judge.telling import told, told_instead, where
from standin.scenes.language.scene import Relation, Scene, Wanted
from standin.scenes.language.vocabulary import things
from standin.scenes.language.writing import name_of, phrase_of, place_phrase, relation_phrase

CANNOT_TELL = "cannot tell: this judge is a stand-in that knows only simple drawn things"
_PLACES = {
    "left": lambda one: one.x < 0.45,
    "right": lambda one: one.x > 0.55,
    "middle": lambda one: 0.33 < one.x < 0.67,
    "above": lambda one: one.y < 0.45,
    "below": lambda one: one.y > 0.55,
    "foreground": lambda one: one.foot > 0.80,
}


def check(scene: Scene, sighting: Sighting) -> tuple[str, bool]:
    """What is observed, and whether the requirement read into `scene` is met."""
    if not scene.wants or not scene.starts_known:
        return CANNOT_TELL, False
    results = [_check_want(want, sighting) for want in scene.wants]
    results += [_check_relation(relation, sighting) for relation in scene.relations]
    failures = [observed for observed, met in results if not met]
    said = dict.fromkeys(failures or [observed for observed, _ in results])
    return "; ".join(said), not failures


def _check_want(want: Wanted, sighting: Sighting) -> tuple[str, bool]:
    thing = things()[want.thing]
    if thing.group == "time":
        return told_instead(sighting, "time"), sighting.time == want.thing
    alike = _of_kind(want.thing, sighting)
    if want.is_absent:
        return (f"{told(alike)}", False) if alike else (f"no {name_of(want, many=True)}", True)
    matching = tuple(one for one in alike if want.colour is None or one.colour == want.colour)
    if not matching:
        if alike and want.colour:
            return f"{told(alike)}, none of them {want.colour}", False
        instead = told_instead(sighting, thing.group)
        return f"no {name_of(want, many=bool(want.count) or thing.is_plural)}; {instead}", False
    if want.count is not None and len(matching) != want.count:
        return told(matching), False
    if want.lettering is not None:
        return _check_lettering(want.lettering, matching)
    if want.place is not None:
        is_there = all(_PLACES[want.place](one) for one in matching)
        at = place_phrase(want.place) if is_there else where(matching)
        if not is_there and want.place in ("above", "below", "foreground"):
            at = f"not {place_phrase(want.place)}"
        return f"{told(matching)} {at}", is_there
    return told(matching), True


def _of_kind(name: str, sighting: Sighting) -> tuple[Seen, ...]:
    names = [name, *(other.name for other in things().values() if other.is_a == name)]
    return sighting.all_of(*names)


def _check_lettering(lettering: str, signs: tuple[Seen, ...]) -> tuple[str, bool]:
    read = [one.lettering for one in signs if one.lettering]
    if not read:
        return "a sign with nothing legible on it", False
    wanted = _as_read(lettering)
    return "a sign that says " + ", ".join(f'"{text}"' for text in read), any(_as_read(text) == wanted for text in read)


def _as_read(text: str) -> str:
    """Without what the judge's eye cannot tell: zero from O, one from I, and marks that are no letters."""
    known = text.upper().replace("0", "O").replace("1", "I")
    return "".join(character for character in known if character.isalnum())


def _check_relation(relation: Relation, sighting: Sighting) -> tuple[str, bool]:
    first, second = (
        tuple(one for one in _of_kind(name, sighting) if colour is None or one.colour == colour)
        for name, colour in (relation.subject, relation.object)
    )
    for key, seen in ((relation.subject, first), (relation.object, second)):
        if not seen:
            name = name_of(Wanted(thing=key[0], colour=key[1]))
            return f"no {name}; {told_instead(sighting, things()[key[0]].group)}", False
    if relation.kind in ("left of", "right of"):
        places = [one.x for one in first], [one.x for one in second]
    else:
        places = [one.y for one in first], [one.y for one in second]
    met = _all_before(*places) if relation.kind in ("left of", "above") else _all_before(*reversed(places))
    opposite = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
    kind = relation.kind if met else opposite[relation.kind]
    names = [phrase_of(Wanted(thing=key[0], colour=key[1])) for key in (relation.subject, relation.object)]
    return f"{names[0]} {relation_phrase(kind)} {names[1]}", met


def _all_before(low: list[float], high: list[float]) -> bool:
    return max(low) + 0.02 < min(high)
