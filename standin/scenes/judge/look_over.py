"""Looks a picture over once, for everything the judge can recognise."""

from standin.scenes.judge.land_sight import rock_in, things_on_land
from standin.scenes.judge.object_sight import objects_in
from standin.scenes.judge.shape_sight import shapes_in
from standin.scenes.judge.sighting import Seen, Sighting
from standin.scenes.judge.sign_sight import signs_in
from standin.scenes.judge.sky_sight import things_in_sky, time_of
from standin.scenes.judge.view import look


def look_over(data: bytes) -> Sighting:
    """What is in the picture whose file's bytes these are."""
    view = look(data)
    shapes, hidden = shapes_in(view)
    seen: list[Seen] = [*shapes, *signs_in(view, hidden)]
    time = time_of(view)
    if time is not None:
        rock = rock_in(view)
        seen += things_in_sky(view, time, hidden, rock)
        seen += things_on_land(view, hidden, rock)
    seen += objects_in(view, hidden)
    return Sighting(time, tuple(seen))
