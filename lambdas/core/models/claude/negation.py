"""Find negations in an English image prompt. "no cars" paints cars, so "cars" belongs in the negative prompt instead."""

import re

# Text that the picture must show stands in double quotes; it may contain a negation.
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
_NEGATION = re.compile(
    r"\b(no|not|without|never|none|nothing|neither|nor|cannot|(?:is|are|do|does|ca|wo|should|must)n't)\b(?!-)",
    re.IGNORECASE,
)


def find_negation(prompt: str) -> str | None:
    """Return the first negating word outside double quotes, or None."""
    found = _NEGATION.search(_QUOTED.sub(" ", prompt).replace("’", "'"))
    return found[0] if found else None
