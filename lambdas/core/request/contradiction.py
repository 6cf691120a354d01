"""Find two requirements that no picture can meet together, by their words.

Only two cases are found: the same thing both required and ruled out, and the same thing in two different numbers. A
repeated requirement is allowed, because shared brand rules often repeat the prompt. A contradiction in meaning
("midnight", "bright sun") is not found: the judge will report one of the two as not met.
"""

import re
import unicodedata

_NEGATIONS = ("there must be no", "there are no", "there is no", "no", "not any", "without any", "without", "free of")
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
}
_EXACT = ("exactly", "precisely", "just", "only")
_ARTICLES = ("the", "a", "an", "some", "any")


def find_contradiction(earlier: str, earlier_kind: str, later: str, later_kind: str) -> str | None:
    """Return the verb phrase for the message, "contradicts" or "contradicts the number in"; None if there is no conflict."""
    negated, number, thing = _parse(earlier, earlier_kind)
    later_negated, later_number, later_thing = _parse(later, later_kind)
    if thing != later_thing:
        return None
    if negated != later_negated:
        return "contradicts"
    if number is not None and later_number is not None and number != later_number:
        return "contradicts the number in"
    return None


def _parse(text: str, kind: str) -> tuple[bool, int | None, str]:
    """Return whether the thing is ruled out, its number if one is given, and the thing itself, normalized."""
    words = unicodedata.normalize("NFKC", text).casefold()
    words = " ".join(re.sub(r"[.,;:!?]", " ", words).split())
    negated = kind == "absence"
    for negation in _NEGATIONS:
        if words.startswith(negation + " "):
            negated, words = True, words.removeprefix(negation + " ")
            break
    found = words.split()
    number: int | None = None
    while len(found) > 1 and (found[0] in (*_EXACT, *_ARTICLES, *_NUMBERS) or found[0].isdecimal()):
        first = found.pop(0)
        if first in _NUMBERS or first.isdecimal():
            number = _NUMBERS.get(first) if first in _NUMBERS else int(first)
    # Drop the plural's s, so that "one cat" and "two cats" name the same thing.
    found[-1:] = [word.removesuffix("s") for word in found[-1:]]
    return negated, number, " ".join(found)
