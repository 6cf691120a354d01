"""Looks a picture over once, for everything the judge can recognise."""

from local.bedrock.judge.land_sight import rock_in, things_on_land
from local.bedrock.judge.object_sight import objects_in
from local.bedrock.judge.shape_sight import shapes_in
from local.bedrock.judge.sighting import Seen, Sighting
from local.bedrock.judge.sign_sight import signs_in
from local.bedrock.judge.sky_sight import things_in_sky, time_of
from local.bedrock.judge.view import look


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
