"""Where everything goes: a scene as items with places on the canvas."""

import random

from standin.scenes.language.scene import Scene, Wanted
from standin.scenes.language.vocabulary import things
from standin.scenes.painter.plan import HORIZON, Item, Plan
from standin.scenes.painter.room import Box, Desk, free_x
from standin.scenes.painter.shape_layout import shape_items

NIGHT_ONLY = frozenset({"stars", "meteors", "aurora"})
"""They make it night, whatever else is asked for."""
MOONS = frozenset({"moon", "full moon", "crescent moon"})
WATER_OBJECTS = frozenset({"boat", "bridge"})
DEFAULT_COUNTS = {"birds": 3}
# Width of an object as a share of its size.
_WIDTHS = {"house": 1.15, "tree": 0.75, "boat": 1.2, "bridge": 2.6, "lantern": 0.6, "fire": 0.75, "lighthouse": 0.6}
_WIDTHS |= {"person": 0.5, "car": 1.5, "sign": 1.5}


_RIVER_BED = (Box(0.48, 0.11, 0.60, 0.78), Box(0.53, 0.17, 0.78, 1.0))


def lay_out(scene: Scene, rng: random.Random, aspect: float) -> Plan:
    """A plan with room for everything in the scene. `aspect` is width / height."""
    wants = scene.present
    groups = {want.thing: things()[want.thing].group for want in wants}
    is_landscape = any(group not in ("shape", "sign") for group in groups.values())
    grounds = _grounds(groups)
    has_shore = "sea" in grounds and len(grounds) > 1
    desk = Desk(rng, aspect, _sides(scene))
    far = _far_items(wants, desk)
    items = [
        *_sky_items(wants, desk),
        *far,
        *(Item(thing="ice", x=0.5, y=0.8, size=1.0) for want in wants if want.thing == "ice"),
        *_objects(wants, desk, grounds, has_shore),
        *shape_items(wants, desk, is_landscape=is_landscape),
    ]
    return Plan(
        time=_time(set(groups)) if is_landscape else None,
        grounds=grounds if is_landscape else frozenset(),
        has_shore=has_shore,
        items=tuple(items),
    )


def _time(things_drawn: set[str]) -> str:
    for time in ("night", "sunset", "day"):
        if time in things_drawn:
            return "night" if NIGHT_ONLY & things_drawn else time
    return "night" if (NIGHT_ONLY | MOONS) & things_drawn else "day"


def _grounds(groups: dict[str, str]) -> frozenset[str]:
    """One sort of water and one sort of land at most: there is room for no more."""
    wanted = [thing for thing, group in groups.items() if group == "ground"]
    if "ice" in groups and not {"sea", "lake", "river"} & set(wanted):
        wanted.append("sea")
    water = [thing for thing in ("sea", "lake", "river") if thing in wanted][:1]
    land = [thing for thing in wanted if thing in ("snow", "meadow", "sand")][:1]
    has_land_objects = any(group == "object" and thing not in WATER_OBJECTS for thing, group in groups.items())
    if not land and (water != ["sea"] or has_land_objects):
        land = ["meadow"]
    return frozenset(water + land)


def _sides(scene: Scene) -> dict[tuple[str, str | None], str]:
    sides: dict[tuple[str, str | None], str] = {}
    opposite = {"left": "right", "right": "left", "above": "below", "below": "above"}
    for relation in scene.relations:
        side = relation.kind.removesuffix(" of")
        sides.setdefault(relation.subject, side)
        sides.setdefault(relation.object, opposite[side])
    return sides


def _sky_items(wants: tuple[Wanted, ...], desk: Desk) -> list[Item]:
    has_rainbow = any(want.thing == "rainbow" for want in wants)
    found = []
    for want in wants:
        if things()[want.thing].group != "sky":
            continue
        if want.thing in ("aurora", "rainbow", "stars", "meteors"):
            found.append(Item(thing=want.thing, x=0.5, y=0.2, size=1.0))
        elif want.thing == "clouds":
            for _ in range(3):
                y = desk.rng.uniform(0.13, 0.30)
                x, _ = free_x(desk, None, 0.14 * desk.x_per_size, (y - 0.1, y + 0.06))
                found.append(Item(thing="clouds", x=x, y=y, size=0.24))
        elif want.thing == "birds":
            for _ in range(min(want.count or DEFAULT_COUNTS["birds"], 12)):
                y = desk.rng.uniform(0.36, 0.47)
                x, _ = free_x(desk, want.place, 0.04 * desk.x_per_size, (y - 0.02, y + 0.02))
                found.append(Item(thing="birds", x=x, y=y, size=0.07))
        else:
            y = desk.rng.uniform(0.15, 0.24) if want.thing != "sun" else desk.rng.uniform(0.18, 0.28)
            # Under a rainbow, not in its bands.
            within = (0.36, 0.64) if has_rainbow else (0.0, 1.0)
            y = y + 0.15 if has_rainbow else y
            x, _ = free_x(
                desk, want.place or desk.sides.get(want.key), 0.12 * desk.x_per_size, (y - 0.1, y + 0.1), within=within
            )
            found.append(Item(thing=want.thing, x=x, y=y, size=0.17))
    # The discs stand behind the clouds' places but before the lights in the drawing order.
    order = {"stars": 0, "aurora": 1, "meteors": 2, "rainbow": 3}
    return sorted(found, key=lambda item: order.get(item.thing, 4))


def _far_items(wants: tuple[Wanted, ...], desk: Desk) -> list[Item]:
    found = []
    for want in wants:
        if things()[want.thing].group != "far":
            continue
        place = want.place or desk.sides.get(want.key)
        if want.thing == "forest":
            x = {"left": 0.2, "right": 0.8}.get(place or "", 0.5)
            found.append(Item(thing="forest", x=x, y=HORIZON, size=1.0 if x == 0.5 else 0.4))
            continue
        x = {"left": 0.22, "right": 0.78, "middle": 0.5}.get(place or "") or desk.rng.uniform(0.3, 0.7)
        others = [item.x for item in found if "mountain" in item.thing]
        if others:
            x = 0.22 if others[0] > 0.5 else 0.78
        found.append(Item(thing=want.thing, x=x, y=HORIZON, size=0.5))
        # Its peak: clouds and discs keep clear of it.
        desk.taken.append(Box(x, 0.09 * desk.x_per_size, HORIZON - 0.32, HORIZON - 0.16))
    return sorted(found, key=lambda item: item.thing == "forest")


def _objects(wants: tuple[Wanted, ...], desk: Desk, grounds: frozenset[str], has_shore: bool) -> list[Item]:
    """As large as there is room for all of them side by side."""
    objects = [want for want in wants if things()[want.thing].group in ("object", "sign")]
    before = list(desk.taken)
    best: list[Item] = []
    best_room, best_taken = -9.0, before
    for scale in (1.0, 1.0, 0.85, 0.85, 0.7, 0.7, 0.6, 0.6):
        desk.taken = list(before)
        found, least_room = _objects_at(scale, objects, desk, grounds, has_shore)
        if least_room > best_room:
            best, best_room, best_taken = found, least_room, desk.taken
        if least_room > 0:
            break
    desk.taken = best_taken
    return sorted(best, key=lambda item: item.y)


def _objects_at(
    scale: float, objects: list[Wanted], desk: Desk, grounds: frozenset[str], has_shore: bool
) -> tuple[list[Item], float]:
    """The objects at one scale, and the narrowest gap between two of them (below 0: they overlap)."""
    found: list[Item] = []
    least_room = 1.0
    # The widest first: what comes last finds the least room.
    for want in sorted(objects, key=lambda want: -_WIDTHS[want.thing]):
        place = want.place or desk.sides.get(want.key)
        for number in range(min(want.count or 1, 12)):
            size = 0.2 * scale * (1.25 if want.thing in ("lighthouse", "tree") else 1.0)
            if want.thing in ("person", "lantern", "fire"):
                size *= 0.75
            y = _foot(want, desk, grounds, has_shore, number)
            if want.thing == "boat" and "river" in grounds:
                size *= 0.8
            if want.place == "foreground":
                size, y = size * 1.3, 0.96
            half = size * _WIDTHS[want.thing] / 2 * desk.x_per_size
            on_water = want.thing in WATER_OBJECTS
            x, room = free_x(
                desk,
                place,
                half,
                (y - size * desk.y_per_size, y),
                within=_water_span(grounds) if on_water else (0.0, 1.0),
                also_taken=_RIVER_BED if "river" in grounds and not on_water else (),
                thing=want.thing,
                # A boat may sail in front of a bridge: enough of the bridge shows.
                ignoring="bridge" if want.thing == "boat" else None,
            )
            least_room = min(least_room, room)
            found.append(Item(thing=want.thing, x=x, y=y, size=size, colour=want.colour, lettering=want.lettering))
    return found, least_room


def _water_span(grounds: frozenset[str]) -> tuple[float, float]:
    return (0.26, 0.74) if "lake" in grounds else (0.34, 0.66) if "river" in grounds else (0.0, 1.0)


def _foot(want: Wanted, desk: Desk, grounds: frozenset[str], has_shore: bool, number: int) -> float:
    """How far down a thing stands."""
    if want.place == "background":
        return HORIZON + 0.07
    if want.thing in WATER_OBJECTS and grounds & {"sea", "lake", "river"}:
        return desk.rng.uniform(0.75, 0.80) if want.thing == "boat" else 0.74
    if has_shore or "lake" in grounds:
        return 0.95 - 0.03 * (number % 2)
    return (0.76, 0.94)[len(desk.taken) % 2]
