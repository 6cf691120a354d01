"""How a run ended, in words, a sign and a tone."""

from dataclasses import dataclass
from typing import Any, Literal

Tone = Literal["good", "fair", "bad", "plain"]


@dataclass(frozen=True)
class Standing:
    """How the page's head and the mark on the chosen picture read."""

    title: str
    sign: str
    tone: Tone
    mark: str
    """What is written at the picture that the result names."""


_STANDINGS = {
    "ACCEPTED": Standing("Accepted", "✓", "good", "Chosen picture"),
    "BEST_EFFORT": Standing("Best effort", "≈", "fair", "Best picture"),
    "EXHAUSTED": Standing("Not accepted", "✕", "bad", "Best picture"),
    "BLOCKED": Standing("Blocked by a content filter", "⊘", "bad", "Best picture"),
    "BUDGET_EXCEEDED": Standing("Stopped at the cost ceiling", "✕", "bad", "Best picture"),
    "ERROR": Standing("Ended by a fault", "!", "bad", "Best picture"),
    "DRY_RUN": Standing("Dry run", "–", "plain", "Best picture"),
    "DUPLICATE": Standing("Already run", "–", "plain", "Best picture"),
}


def standing_of(result: dict[str, Any]) -> Standing:
    """The standing of a result; a status that is not known here is shown as it is."""
    status = str(result["status"])
    return _STANDINGS.get(status) or Standing(status, "–", "plain", "Best picture")
