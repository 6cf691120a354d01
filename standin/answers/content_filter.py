"""The stand-in's content filter: a short list of words, so that a blocked prompt can be tried out.

A prompt is blocked if it has one of `BLOCKED_WORDS` (whole word, any case). The reviser removes these words, except
`STUBBORN_WORD`: with that one, every revision is blocked too, and the run ends as blocked.
"""

import re

STUBBORN_WORD = "unspeakable"
BLOCKED_WORDS = ("forbidden", "gore", "gory", "nude", "naked", STUBBORN_WORD)

_BLOCKED = re.compile(rf"\b({'|'.join(BLOCKED_WORDS)})\b", re.IGNORECASE)
_REMOVABLE = re.compile(rf"\b({'|'.join(word for word in BLOCKED_WORDS if word != STUBBORN_WORD)})\b", re.IGNORECASE)


def is_blocked(*texts: str) -> bool:
    """Return whether the filter blocks any of the texts."""
    return any(_BLOCKED.search(text) for text in texts)


def remove_blocked_words(text: str) -> str:
    """Remove the blocked words from a text, except `STUBBORN_WORD`, and fix the spacing."""
    return re.sub(r"\s+", " ", _REMOVABLE.sub("", text)).replace(" ,", ",").replace(" .", ".").strip(" ,")
