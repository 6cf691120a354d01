"""Changing what a mask covers: repainting it by a prompt, or filling it from its surroundings."""

import random

from PIL import Image

from standin.scenes.editor.draw_wants import Box, can_draw, draw_wants, select_missing
from standin.scenes.editor.edit import Edit, Mishap
from standin.scenes.editor.pixels import Pixels, Strength, blend, bounding_box, fill_hole, to_image, to_pixels
from standin.scenes.judge.detect_all import detect_picture
from standin.scenes.judge.detection import Detections
from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.language.scene import Scene
from standin.scenes.painter.draw_plan import draw_plan
from standin.scenes.painter.layout import lay_out

_TRACE_SHARE = 0.4
"""How much of the old picture shines through a trace."""


def inpaint(image: Image.Image, strength: Strength, edit: Edit) -> Image.Image:
    """Return the picture with the masked part repainted by the prompt; without a prompt, filled from its surroundings.

    A prompt that names nothing known changes nothing.
    """
    before = to_pixels(image)
    box = bounding_box(strength > 0)
    scene = parse_scene(edit.prompt, "en")
    if box is None or edit.mishap is Mishap.MISSED or (edit.prompt and not scene.wants):
        return to_image(before)
    after = fill_hole(before, strength > 0)
    if scene.wants:
        inner = bounding_box(strength > 0.5) or box
        after = repaint(after, scene, inner, edit.rng, may_repeat=True)
    return to_image(apply(before, after, strength, edit))


def repaint(filled: Pixels, scene: Scene, box: Box, rng: random.Random, *, may_repeat: bool = False) -> Pixels:
    """Return the picture with the scene's things that it does not show yet: scenery everywhere, the others in the box.

    may_repeat: whether a scene all of whose things are there asks for more of them.
    """
    picture = to_image(filled)
    shown = detect_picture(picture)
    scenery = tuple(want for want in scene.present if not can_draw(want) and not _is_shown(want.thing, shown))
    if scenery:
        plan = lay_out(Scene(wants=scenery), rng, picture.width / picture.height)
        picture = draw_plan(plan, rng, *picture.size)
    wants = select_missing(scene, shown)
    if may_repeat and not wants:
        wants = [want for want in scene.present if can_draw(want)]
    return to_pixels(draw_wants(picture, wants, box, rng))


def _is_shown(thing: str, shown: Detections) -> bool:
    return shown.time == thing or bool(shown.of(thing))


def apply(before: Pixels, after: Pixels, strength: Strength, edit: Edit) -> Pixels:
    """Return the picture changed by the strength, with the edit's mishap."""
    if edit.mishap is Mishap.TRACE:
        after = after * (1 - _TRACE_SHARE) + before * _TRACE_SHARE
    if edit.mishap is Mishap.TOO_MUCH:
        before = disturb(before, edit.rng)
    return blend(before, after, strength)


def disturb(pixels: Pixels, rng: random.Random) -> Pixels:
    """Return the picture as a model that repaints all of it would: a little moved, in slightly other colours."""
    height, width, _ = pixels.shape
    moved = to_image(pixels).resize(
        (width, height), Image.Resampling.BILINEAR, (width * 0.015, height * 0.015, width * 0.995, height * 0.995)
    )
    cast = [rng.choice((-1, 1)) * rng.uniform(10, 16) for _ in range(3)]
    return to_pixels(to_image(to_pixels(moved) + cast))
