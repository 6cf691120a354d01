"""Negations in an English image prompt: "no cars" adds cars, so they belong in the negative prompt, as plain nouns."""

import re

# Words to be seen in the picture stand in double quotes and may say what they like.
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
_NEGATION = re.compile(
    r"\b(no|not|without|never|none|nothing|neither|nor|cannot|(?:is|are|do|does|ca|wo|should|must)n't)\b(?!-)",
    re.IGNORECASE,
)


def find_negation(prompt: str) -> str | None:
    """The first word of negation outside quotes, or None."""
    found = _NEGATION.search(_QUOTED.sub(" ", prompt).replace("’", "'"))
    return found[0] if found else None
