"""From a prompt to a picture."""

import random

from PIL import Image

from standin.options import Options
from standin.scenes.language.reading import read
from standin.scenes.language.scene import Scene
from standin.scenes.language.tongue import language_of
from standin.scenes.language.vocabulary import LANGUAGES
from standin.scenes.painter.card import draw_card
from standin.scenes.painter.composition import draw
from standin.scenes.painter.layout import lay_out
from standin.scenes.painter.mishearing import misheard
from standin.scenes.painter.mistakes import Clumsiness, intended


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
    """An RGB picture, the same for the same arguments.

    `candidate` tells the pictures of one call apart. The fault `paint_wrong` makes at least one mistake sure,
    `paint_right` rules them out.
    """
    if options.picture_side_px is not None:
        shrink = options.picture_side_px / max(width_px, height_px)
        width_px, height_px = max(16, round(width_px * shrink)), max(16, round(height_px * shrink))
    scene = read(prompt, "en")
    rng = random.Random(f"{seed}/{candidate}/{prompt}/{negative_prompt}")
    if not scene.present:
        language = language_of(prompt)
        if language in LANGUAGES and language != "en":
            scene = misheard(read(prompt, language), rng)
    if not scene.wants:
        return draw_card(prompt, width_px, height_px)
    clumsiness = Clumsiness(error_rate=options.error_rate, must_err=fault == "paint_wrong")
    if fault == "paint_right":
        clumsiness = Clumsiness(error_rate=0.0)
    unwanted = read(negative_prompt, "en") if negative_prompt else Scene()
    plan = lay_out(intended(scene, unwanted, prompt, rng, clumsiness), rng, width_px / height_px)
    return draw(plan, rng, width_px, height_px)
