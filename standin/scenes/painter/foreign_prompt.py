"""A prompt in another language, as an English-only image model understands it: hardly."""

import random
from dataclasses import replace

from standin.scenes.language.scene import Scene, Want

UNDERSTOOD_RATE = 0.15
"""Chance that a thing named in another language is understood."""
_GUESSES = ("lake", "tree", "house", "clouds", "sun", "river", "forest", "mountain", "meadow", "sunset", "boat")


def guess_scene(scene: Scene, rng: random.Random) -> Scene:
    """Return a few of the scene's things, without count, colour and place, and up to three things not asked for."""
    understood = [
        replace(want, count=None, place=None, colour=None) for want in scene.present if rng.random() < UNDERSTOOD_RATE
    ]
    named = {want.thing for want in scene.wants}
    guessed = [Want(thing=thing) for thing in rng.sample(_GUESSES, 4) if thing not in named]
    return Scene(wants=(*understood, *guessed[:3]), language=scene.language)
