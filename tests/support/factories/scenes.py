"""Random scenes, drawn with and without mistakes, and the truth about each picture."""

import random
from dataclasses import dataclass, replace

from PIL import Image

from standin.scenes.language.scene import Relation, Scene, Want
from standin.scenes.language.vocabulary import COLOURABLE_OBJECTS, colours, things
from standin.scenes.painter.draw_plan import draw_plan
from standin.scenes.painter.layout import lay_out
from standin.scenes.painter.mistakes import MistakeSettings, add_mistakes
from standin.scenes.painter.plan import Plan

_SKY = ("full moon", "crescent moon", "sun", "aurora", "meteors", "stars", "clouds", "rainbow", "birds")
_OBJECTS = ("tree", "house", "boat", "bridge", "lantern", "fire", "lighthouse", "person", "car")
_SHAPES = tuple(thing.name for thing in things().values() if thing.group == "shape")


@dataclass(frozen=True)
class DrawnScene:
    """A picture, the scene asked for, and the scene drawn."""

    asked: Scene
    drawn: Scene
    plan: Plan
    image: Image.Image

    def is_met(self, want: Want) -> bool:
        """Return whether the picture meets a want of the scene asked for."""
        if things()[want.thing].group == "time":
            return self.plan.time == want.thing
        if things()[want.thing].group == "ground":
            return want.thing in self.plan.grounds
        alike = [one for one in self.drawn.wants if one.thing == want.thing]
        if want.is_absent:
            return not alike
        same = [one for one in alike if one.colour == want.colour]
        if want.count is not None:
            return bool(same) and sum(one.count or 1 for one in same) == want.count
        return bool(same)

    def is_placed(self, want: Want) -> bool:
        """Return whether a want is drawn at its place."""
        return any(one.key == want.key and one.place == want.place for one in self.drawn.wants)

    def is_relation_met(self, relation: Relation) -> bool:
        """Return whether the picture meets a relation of the scene asked for."""
        return relation in self.drawn.relations


def draw_scene(number: int, side_px: int, error_rate: float | None = 0.15) -> DrawnScene:
    """Draw the scene of a number: every third one has shapes on a backdrop, the others are landscapes."""
    rng = random.Random(f"scene {number}")
    asked = _shapes(rng) if number % 3 == 0 else _landscape(rng)
    drawn = add_mistakes(asked, Scene(), str(number), rng, MistakeSettings(error_rate=error_rate))
    width_px, height_px = rng.choice([(side_px, side_px), (side_px * 3 // 2, side_px), (side_px, side_px * 3 // 2)])
    plan = lay_out(drawn, rng, width_px / height_px)
    return DrawnScene(asked, drawn, plan, draw_plan(plan, rng, width_px, height_px))


def _landscape(rng: random.Random) -> Scene:
    wants = [Want(thing=rng.choice(("night", "day", "sunset")))] if rng.random() < 0.5 else []
    wants += [Want(thing=thing) for thing in rng.sample(_SKY, rng.randint(0, 3))]
    water = rng.choice(("sea", "lake", "river", None))
    land = rng.choice(("snow", "meadow", "sand", None, None))
    wants += [Want(thing=thing) for thing in (water, land) if thing]
    if water == "sea" and rng.random() < 0.4:
        wants.append(Want(thing="ice"))
    if rng.random() < 0.6:
        thing = rng.choice(("mountain", "snowy mountain", "forest"))
        wants.append(Want(thing=thing, place=rng.choice((None, "left", "right"))))
    for thing in rng.sample(_OBJECTS, rng.randint(0, 3)):
        colour = rng.choice(colours()) if thing in COLOURABLE_OBJECTS and rng.random() < 0.6 else None
        count = rng.choice((None, None, 1, 2, 3)) if thing not in ("bridge", "lighthouse") else None
        wants.append(Want(thing=thing, colour=colour, count=count, place=rng.choice((None, None, "left", "right"))))
    named = {want.thing for want in wants}
    absent = [Want(thing=thing, is_absent=True) for thing in ("person", "car", "birds") if thing not in named]
    return Scene(wants=(*wants, *absent[: rng.randint(0, 2)]))


def _shapes(rng: random.Random) -> Scene:
    wants: list[Want] = []
    for _ in range(rng.randint(1, 3)):
        want = Want(thing=rng.choice(_SHAPES), colour=rng.choice(colours()), count=rng.choice((None, 1, 2, 3, 4, 5)))
        if all(want.key != other.key for other in wants):
            wants.append(want)
    if len(wants) > 1 and rng.random() < 0.6:
        kind = rng.choice(("left of", "right of", "above", "below"))
        return Scene(wants=tuple(wants), relations=(Relation(wants[0].key, kind, wants[1].key),))
    if rng.random() < 0.5:
        wants[0] = replace(wants[0], place=rng.choice(("left", "right", "above", "below")))
    return Scene(wants=tuple(wants))
