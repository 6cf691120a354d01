"""Where simple shapes go."""

from standin.scenes.language.scene import Wanted
from standin.scenes.language.vocabulary import things
from standin.scenes.painter.plan import Item
from standin.scenes.painter.room import Box, Desk, span


def shape_items(wants: tuple[Wanted, ...], desk: Desk, *, is_landscape: bool) -> list[Item]:
    """The shapes asked for, smaller the more there are, each on the side that it belongs to."""
    shapes = [want for want in wants if things()[want.thing].group == "shape"]
    total = sum(min(want.count or 1, 12) for want in shapes)
    size = 0.24 if total <= 2 else 0.19 if total <= 4 else 0.145 if total <= 8 else 0.115
    if is_landscape:
        size *= 0.75
    found: list[Item] = []
    for want in shapes:
        side = want.place or desk.sides.get(want.key)
        for _ in range(min(want.count or 1, 12)):
            x, y = _free_spot(desk, side, size, found, is_landscape=is_landscape)
            found.append(Item(thing=want.thing, x=x, y=y, size=size, colour=want.colour))
    return found


def _free_spot(
    desk: Desk, side: str | None, size: float, others: list[Item], *, is_landscape: bool
) -> tuple[float, float]:
    half_x, half_y = size * 0.70 * desk.x_per_size, size * 0.70 * desk.y_per_size
    low_x, high_x = span(side, half_x)
    top, bottom = (0.30, 0.92) if is_landscape else (0.0, 1.0)
    low_y, high_y = {"above": (0.0, 0.38), "below": (0.62, 1.0), "foreground": (0.75, 1.0), "middle": (0.44, 0.56)}.get(
        side or "", (top, bottom)
    )
    low_y, high_y = max(low_y, half_y + 0.03), min(high_y, 1 - half_y - 0.03)
    best, best_room = ((low_x + high_x) / 2, (low_y + high_y) / 2), -9.0
    for _ in range(80):
        x, y = desk.rng.uniform(low_x, high_x), desk.rng.uniform(min(low_y, high_y), max(low_y, high_y))
        gaps = [max(abs(x - o.x) / half_x, abs(y - o.y) / half_y) / 2 - 1 for o in others]
        own = Box(x, half_x, y - half_y, y + half_y)
        gaps += [own.gap(other) / half_x for other in desk.taken]
        room = min(gaps, default=1.0)
        if room > best_room:
            best, best_room = (x, y), room
        if room > 0.12:
            break
    return best
