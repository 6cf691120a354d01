"""The layout of a picture: a scene becomes a plan with a place for every thing."""

import random

from standin.scenes.language.scene import Scene
from standin.scenes.language.vocabulary import things
from standin.scenes.painter.background_layout import place_far, place_sky
from standin.scenes.painter.free_space import LayoutState
from standin.scenes.painter.object_layout import WATER_OBJECTS, place_objects
from standin.scenes.painter.plan import Item, Plan
from standin.scenes.painter.shape_layout import place_shapes

NIGHT_ONLY = frozenset({"stars", "meteors", "aurora"})
"""With one of these it is night, even if the prompt says otherwise."""
MOONS = frozenset({"moon", "full moon", "crescent moon"})


def lay_out(scene: Scene, rng: random.Random, aspect: float) -> Plan:
    """Return a plan with everything in the scene. `aspect`: width / height."""
    wants = scene.present
    groups = {want.thing: things()[want.thing].group for want in wants}
    is_landscape = any(group not in ("shape", "sign", "backdrop") for group in groups.values())
    grounds = _choose_grounds(groups)
    has_shore = "sea" in grounds and len(grounds) > 1
    state = LayoutState(rng, aspect, _sides_of_relations(scene))
    # The peaks of mountains take their space before the clouds and discs.
    far = place_far(wants, state)
    items = [
        *place_sky(wants, state),
        *far,
        *(Item(thing="ice", x=0.5, y=0.8, size=1.0) for want in wants if want.thing == "ice"),
        *place_objects(wants, state, grounds, has_shore),
        *place_shapes(wants, state, is_landscape=is_landscape),
    ]
    return Plan(
        time=_choose_time(set(groups)) if is_landscape else None,
        grounds=grounds if is_landscape else frozenset(),
        backdrop=next((want.colour for want in wants if want.thing == "background"), None),
        has_shore=has_shore,
        items=tuple(items),
    )


def _choose_time(drawn_things: set[str]) -> str:
    for time in ("night", "sunset", "day"):
        if time in drawn_things:
            return "night" if NIGHT_ONLY & drawn_things else time
    return "night" if (NIGHT_ONLY | MOONS) & drawn_things else "day"


def _choose_grounds(groups: dict[str, str]) -> frozenset[str]:
    """Return at most one water and one land. `groups`: the group of each thing in the scene."""
    wanted = [thing for thing, group in groups.items() if group == "ground"]
    if "ice" in groups and not {"sea", "lake", "river"} & set(wanted):
        wanted.append("sea")
    water = [thing for thing in ("sea", "lake", "river") if thing in wanted][:1]
    land = [thing for thing in wanted if thing in ("snow", "meadow", "sand")][:1]
    has_land_objects = any(group == "object" and thing not in WATER_OBJECTS for thing, group in groups.items())
    if not land and (water != ["sea"] or has_land_objects):
        land = ["meadow"]
    return frozenset(water + land)


def _sides_of_relations(scene: Scene) -> dict[tuple[str, str | None], str]:
    sides: dict[tuple[str, str | None], str] = {}
    opposite = {"left": "right", "right": "left", "above": "below", "below": "above"}
    for relation in scene.relations:
        side = relation.kind.removesuffix(" of")
        sides.setdefault(relation.subject, side)
        sides.setdefault(relation.object, opposite[side])
    return sides
