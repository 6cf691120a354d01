"""The layout of simple shapes."""

from standin.scenes.language.scene import Want
from standin.scenes.language.vocabulary import things
from standin.scenes.painter.free_space import Box, LayoutState, x_range
from standin.scenes.painter.plan import Item

_MAX_COUNT = 12


def place_shapes(wants: tuple[Want, ...], state: LayoutState, *, is_landscape: bool) -> list[Item]:
    """Return the shapes asked for. The more there are, the smaller they are."""
    shapes = [want for want in wants if things()[want.thing].group == "shape"]
    total = sum(min(want.count or 1, _MAX_COUNT) for want in shapes)
    size = 0.24 if total <= 2 else 0.19 if total <= 4 else 0.145 if total <= 8 else 0.115
    if is_landscape:
        size *= 0.75
    items: list[Item] = []
    for want in shapes:
        side = want.place or state.sides.get(want.key)
        for _ in range(min(want.count or 1, _MAX_COUNT)):
            x, y = _find_free_spot(state, side, size, items, is_landscape=is_landscape)
            items.append(Item(thing=want.thing, x=x, y=y, size=size, colour=want.colour))
    return items


def _find_free_spot(
    state: LayoutState, side: str | None, size: float, others: list[Item], *, is_landscape: bool
) -> tuple[float, float]:
    """Return the first spot of 80 with a clear gap, or the least crowded one."""
    half_x, half_y = size * 0.70 * state.x_per_size, size * 0.70 * state.y_per_size
    low_x, high_x = x_range(side, half_x)
    top, bottom = (0.30, 0.92) if is_landscape else (0.0, 1.0)
    low_y, high_y = {"above": (0.0, 0.38), "below": (0.62, 1.0), "foreground": (0.75, 1.0), "middle": (0.44, 0.56)}.get(
        side or "", (top, bottom)
    )
    low_y, high_y = max(low_y, half_y + 0.03), min(high_y, 1 - half_y - 0.03)
    best, best_gap = ((low_x + high_x) / 2, (low_y + high_y) / 2), -9.0
    for _ in range(80):
        x, y = state.rng.uniform(low_x, high_x), state.rng.uniform(min(low_y, high_y), max(low_y, high_y))
        gaps = [max(abs(x - o.x) / half_x, abs(y - o.y) / half_y) / 2 - 1 for o in others]
        box = Box(x, half_x, y - half_y, y + half_y)
        gaps += [box.gap(other) / half_x for other in state.taken]
        gap = min(gaps, default=1.0)
        if gap > best_gap:
            best, best_gap = (x, y), gap
        if gap > 0.12:
            break
    return best
