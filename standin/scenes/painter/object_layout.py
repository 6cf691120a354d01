"""The layout of objects and signs on the ground and on the water."""

from standin.scenes.language.scene import Want
from standin.scenes.language.vocabulary import things
from standin.scenes.painter.free_space import Box, LayoutState, take_free_x
from standin.scenes.painter.plan import HORIZON, Item

WATER_OBJECTS = frozenset({"boat", "bridge"})
_MAX_COUNT = 12
_SCALES = (1.0, 1.0, 0.85, 0.85, 0.7, 0.7, 0.6, 0.6)
"""The sizes to try, two layouts each."""
# Width of an object as a share of its size.
_WIDTHS = {"house": 1.15, "tree": 0.75, "boat": 1.2, "bridge": 2.6, "lantern": 0.6, "fire": 0.75, "lighthouse": 0.6}
_WIDTHS |= {"person": 0.5, "car": 1.5, "sign": 1.5}
_RIVER_BED = (Box(0.48, 0.11, 0.60, 0.78), Box(0.53, 0.17, 0.78, 1.0))


def place_objects(wants: tuple[Want, ...], state: LayoutState, grounds: frozenset[str], has_shore: bool) -> list[Item]:
    """Return the objects, back to front, in the largest size at which none overlaps another."""
    objects = [want for want in wants if things()[want.thing].group in ("object", "sign")]
    taken_before = list(state.taken)
    best: list[Item] = []
    best_gap, best_taken = -9.0, taken_before
    for scale in _SCALES:
        state.taken = list(taken_before)
        items, least_gap = _place_at_scale(scale, objects, state, grounds, has_shore)
        if least_gap > best_gap:
            best, best_gap, best_taken = items, least_gap, state.taken
        if least_gap > 0:
            break
    state.taken = best_taken
    return sorted(best, key=lambda item: item.y)


def _place_at_scale(
    scale: float, objects: list[Want], state: LayoutState, grounds: frozenset[str], has_shore: bool
) -> tuple[list[Item], float]:
    """Return the objects at one scale and the narrowest gap between two of them (negative: they overlap)."""
    items: list[Item] = []
    least_gap = 1.0
    # Widest first, because later objects find less space.
    for want in sorted(objects, key=lambda want: -_WIDTHS[want.thing]):
        for number in range(min(want.count or 1, _MAX_COUNT)):
            y = _choose_foot(want, state, grounds, has_shore, number)
            size = _choose_size(want, scale, grounds)
            if want.place == "foreground":
                size, y = size * 1.3, 0.96
            is_on_water = want.thing in WATER_OBJECTS
            x, gap = take_free_x(
                state,
                want.place or state.sides.get(want.key),
                size * _WIDTHS[want.thing] / 2 * state.x_per_size,
                (y - size * state.y_per_size, y),
                within=_water_span(grounds) if is_on_water else (0.0, 1.0),
                also_taken=_RIVER_BED if "river" in grounds and not is_on_water else (),
                thing=want.thing,
                # A boat may cover part of a bridge: enough of the bridge stays visible.
                ignored_thing="bridge" if want.thing == "boat" else None,
            )
            least_gap = min(least_gap, gap)
            items.append(Item(thing=want.thing, x=x, y=y, size=size, colour=want.colour, lettering=want.lettering))
    return items, least_gap


def _choose_size(want: Want, scale: float, grounds: frozenset[str]) -> float:
    size = 0.2 * scale * (1.25 if want.thing in ("lighthouse", "tree") else 1.0)
    if want.thing in ("person", "lantern", "fire"):
        size *= 0.75
    if want.thing == "boat" and "river" in grounds:
        size *= 0.8
    return size


def _choose_foot(want: Want, state: LayoutState, grounds: frozenset[str], has_shore: bool, number: int) -> float:
    """Return the y of the object's foot. `number`: its place among those of the same want, from 0."""
    if want.place == "background":
        return HORIZON + 0.07
    if want.thing in WATER_OBJECTS and grounds & {"sea", "lake", "river"}:
        return state.rng.uniform(0.75, 0.80) if want.thing == "boat" else 0.74
    if has_shore or "lake" in grounds:
        return 0.95 - 0.03 * (number % 2)
    return (0.76, 0.94)[len(state.taken) % 2]


def _water_span(grounds: frozenset[str]) -> tuple[float, float]:
    return (0.26, 0.74) if "lake" in grounds else (0.34, 0.66) if "river" in grounds else (0.0, 1.0)
