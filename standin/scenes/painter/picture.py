"""Painting: a prompt and a seed become a picture."""

import random

from PIL import Image

from standin.options import Options
from standin.scenes.language.parse_scene import parse_excluded, parse_scene
from standin.scenes.language.part import is_excluded
from standin.scenes.language.scene import Scene
from standin.scenes.painter.card import draw_card
from standin.scenes.painter.draw_plan import draw_plan
from standin.scenes.painter.layout import lay_out
from standin.scenes.painter.mistakes import MistakeSettings, add_mistakes


def paint(
    prompt: str,
    negative_prompt: str,
    seed: int,
    width_px: int,
    height_px: int,
    options: Options,
    *,
    candidate: int = 0,
    fault: str | None = None,
) -> Image.Image:
    """Return an RGB picture, the same for the same arguments.

    `candidate` makes the pictures of one call differ. The fault `paint_wrong` forces at least one mistake, `paint_right`
    allows none. A prompt with a part that is not known gets no mistakes either, unless a fault or an option asks for them: the
    judge cannot accept any picture of it, so the mistakes would only make the run longer.
    """
    if options.picture_side_px is not None:
        shrink = options.picture_side_px / max(width_px, height_px)
        width_px, height_px = max(16, round(width_px * shrink)), max(16, round(height_px * shrink))
    scene = parse_scene(prompt, "en")
    rng = random.Random(f"{seed}/{candidate}/{prompt}/{negative_prompt}")
    if not scene.wants:
        return draw_card(prompt, width_px, height_px)
    settings = MistakeSettings(error_rate=options.error_rate, must_fail=fault == "paint_wrong")
    excluded = parse_excluded(negative_prompt)
    if fault == "paint_right" or (options.error_rate is None and fault is None and not _is_known(scene, excluded)):
        settings = MistakeSettings(error_rate=0.0)
    plan = lay_out(add_mistakes(scene, excluded, prompt, rng, settings), rng, width_px / height_px)
    return draw_plan(plan, rng, width_px, height_px)


def _is_known(scene: Scene, excluded: Scene) -> bool:
    """Return whether the judge can decide everything about a picture of the scene."""
    is_contradictory = any(is_excluded(one, want) for want in excluded.wants for one in scene.present)
    return scene.is_understood and excluded.is_understood and not is_contradictory
