"""The stand-in's image model: draws what an English prompt names, and gets some of it wrong by its seed.

It knows the vocabulary's things and nothing else. Of a prompt in another language it catches little; of a prompt that
names nothing it knows it makes a card that says so.
"""

from standin.scenes.painter.picture import paint

__all__ = ["paint"]
