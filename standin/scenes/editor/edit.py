"""One edit: its words, its seed, and how it goes wrong."""

import random
from dataclasses import dataclass
from enum import StrEnum

from standin.options import Options

MISHAP_RATE = 0.25
"""Chance of a mishap in one picture. Each kind is as frequent as the others."""


class Mishap(StrEnum):
    """A way in which an edit goes wrong."""

    TOO_MUCH = "too much"
    """What had to stay is repainted, too."""
    MISSED = "missed"
    """Nothing is edited."""
    TRACE = "trace"
    """Something of what was there shines through, or a seam is visible."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What an editor gets beside the pictures. The same edit of the same pictures gives the same result."""

    task: str
    prompt: str = ""
    negative_prompt: str = ""
    seed: int | None
    """None: the task takes no seed, and has no mishaps of its own."""
    candidate: int = 0
    options: Options
    fault: str | None = None

    @property
    def rng(self) -> random.Random:
        """A new source of chance, by the seed and the words."""
        return random.Random(f"{self.task}/{self.prompt}/{self.negative_prompt}/{self.seed}/{self.candidate}")

    @property
    def mishap(self) -> Mishap | None:
        """The mishap of this picture. The fault `paint_wrong` forces one, `paint_right` allows none."""
        if self.seed is None:
            return Mishap.MISSED if self.fault == "paint_wrong" else None
        rate = MISHAP_RATE if self.options.error_rate is None else self.options.error_rate
        rate = {"paint_wrong": 1.0, "paint_right": 0.0}.get(self.fault or "", rate)
        rng = random.Random(f"mishap/{self.task}/{self.prompt}/{self.seed}/{self.candidate}")
        return rng.choice(list(Mishap)) if rng.random() < rate else None
