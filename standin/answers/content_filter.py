"""The stand-in's content filter: a short list of words, so that being blocked can be tried out.

A prompt holding one of `BLOCKED_WORDS` (whole word, any case) is blocked in the model family's documented form. The
stand-in's reviser writes such a word out of a prompt; `STUBBORN_WORD` is the one it cannot get rid of, so that a run
that stays blocked to the end can be shown.
"""

import re

STUBBORN_WORD = "unspeakable"
BLOCKED_WORDS = ("forbidden", "gore", "gory", "nude", "naked", STUBBORN_WORD)

_BLOCKED = re.compile(rf"\b({'|'.join(BLOCKED_WORDS)})\b", re.IGNORECASE)
_REMOVABLE = re.compile(rf"\b({'|'.join(word for word in BLOCKED_WORDS if word != STUBBORN_WORD)})\b", re.IGNORECASE)


def is_blocked(*texts: str) -> bool:
    """Whether the filter blocks any of the texts."""
    return any(_BLOCKED.search(text) for text in texts)


def without_blocked_words(text: str) -> str:
    """The text without the blocked words that can be removed, its spacing mended."""
    return re.sub(r"\s+", " ", _REMOVABLE.sub("", text)).replace(" ,", ",").replace(" .", ".").strip(" ,")
