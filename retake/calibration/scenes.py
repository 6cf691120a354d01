"""Scenes for a labelled set: the requested scene, and the same scene with mistakes. Both depend only on the seed."""

import random
from dataclasses import replace

from standin.scenes.language.scene import Relation, Scene, Want
from standin.scenes.language.vocabulary import COLOURABLE_OBJECTS, colours, things

# About half of the checks are then not met, so the intervals are equally narrow on both sides.
_MISTAKE_RATE = 0.42
_TIMES = ("night", "day", "sunset")
_WATERS = ("sea", "lake", "river")
_LANDS = ("snow", "meadow", "sand")
_SKY = ("full moon", "crescent moon", "sun", "aurora", "meteors", "stars", "clouds", "rainbow", "birds")
_FAR = ("mountain", "snowy mountain", "forest")
_OBJECTS = ("house", "boat", "lantern", "fire", "lighthouse", "person", "car")
_EXCLUDED = ("person", "car", "birds", "house")
_LETTERINGS = ("OPEN", "CAFE", "BAKERY", "HARBOR", "EXIT 12", "NO SWIMMING", "TOWN HALL", "MENU", "WELCOME", "ROOM 7")
_FLIPPED = {
    "left": "right",
    "right": "left",
    "above": "below",
    "below": "above",
    "left of": "right of",
    "right of": "left of",
}


def random_scene(number: int, rng: random.Random) -> Scene:
    """Return the requested scene of picture `number`: shapes, a landscape, or a landscape with a sign."""
    theme = ("shapes", "landscape", "sign", "landscape")[number % 4]
    return _shapes(rng) if theme == "shapes" else _landscape(rng, has_sign=theme == "sign")


def add_mistakes(requested: Scene, rng: random.Random) -> Scene:
    """Return the scene with random mistakes of every kind, made independently of each other."""
    wants = [changed for want in requested.present if (changed := _add_mistake(want, rng)) is not None]
    if not any(want.thing == "sea" for want in wants):
        # People would disagree on whether ice lies on a meadow.
        wants = [want for want in wants if want.thing != "ice"]
    wants += [replace(want, is_absent=False) for want in requested.absent if _is_mistake(rng)]
    kept = {want.key for want in wants}
    relations = (
        replace(one, kind=_FLIPPED[one.kind]) if _is_mistake(rng) else one
        for one in requested.relations
        if {one.subject, one.object} <= kept
    )
    return Scene(wants=tuple(wants), relations=tuple(relations))


def _shapes(rng: random.Random) -> Scene:
    names = rng.sample([thing.name for thing in things().values() if thing.group == "shape"], 4)
    first, second = (Want(thing=name, colour=rng.choice(colours())) for name in names[:2])
    first = replace(first, count=rng.choice((None, 2, 3, 4, 5, 6)))
    wants = [first, second, Want(thing=names[3], is_absent=True)]
    if rng.random() < 0.7:
        kind = rng.choice(("left of", "right of", "above", "below"))
        return Scene(wants=tuple(wants), relations=(Relation(first.key, kind, second.key),))
    wants[1] = replace(second, place=rng.choice(("left", "right", "above", "below")))
    if rng.random() < 0.5:
        wants.insert(2, Want(thing=names[2], count=rng.choice((1, 2, 3))))
    return Scene(wants=tuple(wants))


def _landscape(rng: random.Random, *, has_sign: bool) -> Scene:
    wants = [Want(thing=rng.choice(_TIMES)), Want(thing=rng.choice(_WATERS if rng.random() < 0.5 else _LANDS))]
    wants.append(Want(thing=rng.choice(_SKY)))
    if has_sign:
        wants.append(Want(thing="sign", lettering=rng.choice(_LETTERINGS)))
    elif rng.random() < 0.5:
        wants.append(Want(thing=rng.choice(_FAR), place=rng.choice((None, "left", "right"))))
    if wants[1].thing == "sea" and rng.random() < 0.5:
        wants.append(Want(thing="ice"))
    for thing in rng.sample(_OBJECTS, 1 if has_sign else 2):
        sort = rng.choice(("count", "colour", "place"))
        wants.append(
            Want(
                thing=thing,
                count=rng.choice((1, 2, 3, 4)) if sort == "count" and thing != "lighthouse" else None,
                colour=rng.choice(colours()) if sort == "colour" and thing in COLOURABLE_OBJECTS else None,
                place=rng.choice(("left", "right")) if sort == "place" else None,
            )
        )
    named = {want.thing for want in wants}
    if named & {"stars", "aurora", "meteors"}:
        # People overlook birds, which are small and pale, among lights.
        named.add("birds")
    wants.append(Want(thing=rng.choice([thing for thing in _EXCLUDED if thing not in named]), is_absent=True))
    return Scene(wants=tuple(wants))


def _add_mistake(want: Want, rng: random.Random) -> Want | None:
    """Return the thing, perhaps with a mistake; None to leave it out."""
    for same_sort in (_TIMES, _WATERS, _LANDS):
        if want.thing in same_sort and _is_mistake(rng):
            return replace(want, thing=rng.choice([other for other in same_sort if other != want.thing]))
    if want.lettering is not None:
        return replace(want, lettering=_misspell(want.lettering, rng)) if _is_mistake(rng) else want
    if want.count is not None and _is_mistake(rng):
        return replace(want, count=want.count + 1 if want.count == 1 else want.count + rng.choice((-1, 1)))
    if want.colour is not None and _is_mistake(rng):
        return replace(want, colour=rng.choice([colour for colour in colours() if colour != want.colour]))
    if want.place is not None:
        return replace(want, place=_FLIPPED[want.place]) if _is_mistake(rng) else want
    is_bare = want.count is None and want.colour is None and things()[want.thing].kind == "object"
    return None if is_bare and _is_mistake(rng) else want


def _misspell(lettering: str, rng: random.Random) -> str:
    """Return another word, or the right one with two letters swapped, as image models write it."""
    place = rng.randrange(len(lettering) - 1)
    swapped = lettering[:place] + lettering[place + 1] + lettering[place] + lettering[place + 2 :]
    if rng.random() < 0.5 and " " not in swapped[place : place + 2] and swapped != lettering:
        return swapped
    return rng.choice([other for other in _LETTERINGS if other != lettering])


def _is_mistake(rng: random.Random) -> bool:
    return rng.random() < _MISTAKE_RATE
