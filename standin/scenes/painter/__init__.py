"""The stand-in's image model: draws the known things of an English prompt, and gets some of them wrong by the seed.

A prompt without any known word, or in another language, becomes a card with text.
"""

from standin.scenes.painter.picture import paint

__all__ = ["paint"]
