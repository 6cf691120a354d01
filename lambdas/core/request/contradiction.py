"""Requirements that no picture can meet at once, as far as their words tell.

Only what is plain is refused: the same thing asked for and ruled out, or in two numbers. The same thing twice is harmless:
shared brand rules often repeat what a prompt asks for. What is contradictory by
meaning alone ("midnight", "bright sun") is left to the user: the judge will never be satisfied, and says what it sees.
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
    """How the later requirement clashes with the earlier one, as a phrase between their texts; None when it does not."""
    negated, number, thing = _read(earlier, earlier_kind)
    later_negated, later_number, later_thing = _read(later, later_kind)
    if thing != later_thing:
        return None
    if negated != later_negated:
        return "contradicts"
    if number is not None and later_number is not None and number != later_number:
        return "contradicts the number in"
    return None


def _read(text: str, kind: str) -> tuple[bool, int | None, str]:
    """Whether the thing is ruled out, how many are asked for, and the thing, in words that compare."""
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
    # "one cat" and "two cats" are about the same thing.
    found[-1:] = [word.removesuffix("s") for word in found[-1:]]
    return negated, number, " ".join(found)
