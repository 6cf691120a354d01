"""What an English-only image model makes of a prompt in another language: a scene, but hardly the one asked for."""

import random
from dataclasses import replace

from standin.scenes.language.scene import Scene, Wanted

CAUGHT = 0.15
"""Chance that a thing named in another language is understood all the same."""
_GUESSES = ("lake", "tree", "house", "clouds", "sun", "river", "forest", "mountain", "meadow", "sunset", "boat")


def misheard(scene: Scene, rng: random.Random) -> Scene:
    """A few of the scene's things without number, colour and place, among others that nobody asked for."""
    caught = [replace(want, count=None, place=None, colour=None) for want in scene.present if rng.random() < CAUGHT]
    named = {want.thing for want in scene.wants}
    guessed = [Wanted(thing=thing) for thing in rng.sample(_GUESSES, 4) if thing not in named]
    return Scene(wants=(*caught, *guessed[:3]), language=scene.language)
