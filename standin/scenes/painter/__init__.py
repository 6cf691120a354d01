"""The stand-in's image model: draws the known things of an English prompt, and gets some of them wrong by the seed.

It understands little of a prompt in another language. A prompt without any known word becomes a card with text.
"""

from standin.scenes.painter.picture import paint

__all__ = ["paint"]
