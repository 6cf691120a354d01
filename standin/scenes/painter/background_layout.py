"""The layout of the sky and of the things on the horizon."""

from standin.scenes.language.scene import Want
from standin.scenes.language.vocabulary import things
from standin.scenes.painter.free_space import Box, LayoutState, take_free_x
from standin.scenes.painter.plan import HORIZON, Item

_DEFAULT_BIRDS = 3
_MAX_BIRDS = 12
_FULL_SKY = frozenset({"aurora", "rainbow", "stars", "meteors"})
"""These span the whole sky."""
_SKY_ORDER = {"stars": 0, "aurora": 1, "meteors": 2, "rainbow": 3}
"""Drawn first, in this order."""


def place_sky(wants: tuple[Want, ...], state: LayoutState) -> list[Item]:
    """Return the things in the sky, back to front."""
    has_rainbow = any(want.thing == "rainbow" for want in wants)
    items: list[Item] = []
    for want in wants:
        if things()[want.thing].group != "sky":
            continue
        if want.thing in _FULL_SKY:
            items.append(Item(thing=want.thing, x=0.5, y=0.2, size=1.0))
        elif want.thing == "clouds":
            items += _place_clouds(state)
        elif want.thing == "birds":
            items += _place_birds(want, state)
        else:
            items.append(_place_disc(want, state, has_rainbow=has_rainbow))
    return sorted(items, key=lambda item: _SKY_ORDER.get(item.thing, len(_SKY_ORDER)))


def _place_clouds(state: LayoutState) -> list[Item]:
    items = []
    for _ in range(3):
        y = state.rng.uniform(0.13, 0.30)
        x, _ = take_free_x(state, None, 0.14 * state.x_per_size, (y - 0.1, y + 0.06))
        items.append(Item(thing="clouds", x=x, y=y, size=0.24))
    return items


def _place_birds(want: Want, state: LayoutState) -> list[Item]:
    items = []
    for _ in range(min(want.count or _DEFAULT_BIRDS, _MAX_BIRDS)):
        y = state.rng.uniform(0.36, 0.47)
        x, _ = take_free_x(state, want.place, 0.04 * state.x_per_size, (y - 0.02, y + 0.02))
        items.append(Item(thing="birds", x=x, y=y, size=0.07))
    return items


def _place_disc(want: Want, state: LayoutState, *, has_rainbow: bool) -> Item:
    """Place the sun or a moon. With a rainbow, it is placed below the bands."""
    y = state.rng.uniform(0.15, 0.24) if want.thing != "sun" else state.rng.uniform(0.18, 0.28)
    within = (0.36, 0.64) if has_rainbow else (0.0, 1.0)
    y = y + 0.15 if has_rainbow else y
    place = want.place or state.sides.get(want.key)
    x, _ = take_free_x(state, place, 0.12 * state.x_per_size, (y - 0.1, y + 0.1), within=within)
    return Item(thing=want.thing, x=x, y=y, size=0.17)


def place_far(wants: tuple[Want, ...], state: LayoutState) -> list[Item]:
    """Return the mountains and forests on the horizon, back to front."""
    items: list[Item] = []
    for want in wants:
        if things()[want.thing].group != "far":
            continue
        place = want.place or state.sides.get(want.key)
        if want.thing == "forest":
            x = {"left": 0.2, "right": 0.8}.get(place or "", 0.5)
            items.append(Item(thing="forest", x=x, y=HORIZON, size=1.0 if x == 0.5 else 0.4))
            continue
        x = {"left": 0.22, "right": 0.78, "middle": 0.5}.get(place or "") or state.rng.uniform(0.3, 0.7)
        others = [item.x for item in items if "mountain" in item.thing]
        if others:
            x = 0.22 if others[0] > 0.5 else 0.78
        items.append(Item(thing=want.thing, x=x, y=HORIZON, size=0.5))
        # Clouds and discs must not cover the peak.
        state.taken.append(Box(x, 0.09 * state.x_per_size, HORIZON - 0.32, HORIZON - 0.16))
    return sorted(items, key=lambda item: item.thing == "forest")
