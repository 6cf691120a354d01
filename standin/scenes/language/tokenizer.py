"""The tokenizer: a text becomes a list of known words, numbers, pauses and quoted lettering."""

import re
from dataclasses import dataclass

from standin.scenes.language.vocabulary import UNSPACED, numerals, pattern, words

_LETTERING = re.compile(r"[\"“”„「『]([A-Za-z0-9][A-Za-z0-9 !?&-]{0,15})[\"“”「」』]")
_PAUSES = re.compile(r"(?P<stop>[.;!?。；！？\n])|(?P<comma>[,:、，：])")
_DIGITS = re.compile(r"(?<![\w.-])(1[0-2]|[1-9])(?![\w.-])")
_COUNTERS = "つ|個|本|匹|艘|軒|枚|台|羽|人の|人(?=$|[がはをと、。])|个|只|艘|棵|座|颗|条|辆|朵|盏|位|间|栋"


@dataclass(frozen=True)
class Token:
    """One token and its place in the text."""

    kind: str
    """A `Word.kind`, or `stop`, `comma`, `lettering`."""
    value: str
    start: int
    end: int


def tokenize(text: str, language: str) -> list[Token]:
    """Return the tokens in order, without overlaps. Unknown words and decoys are left out."""
    found = [
        Token("lettering", match.group(1).strip().upper(), match.start(), match.end())
        for match in _LETTERING.finditer(text)
    ]
    text = _LETTERING.sub(lambda match: "\0" * len(match.group()), text)
    known = words(language)
    for match in pattern(language).finditer(text):
        word = known[match.group().lower()]
        found.append(Token(word.kind, word.value, match.start(), match.end()))
    taken = {place for token in found for place in range(token.start, token.end)}
    for match in _number_pattern(language).finditer(text):
        if match.start() not in taken:
            number = match.group(1)
            value = numerals(language).get(number) or int(number)
            found.append(Token("number", str(value), match.start(), match.end()))
    found += [
        Token("stop" if match["stop"] else "comma", match.group(), match.start(), match.end())
        for match in _PAUSES.finditer(text)
        if match.start() not in taken
    ]
    return sorted((token for token in found if token.kind != "decoy"), key=lambda token: token.start)


def _number_pattern(language: str) -> re.Pattern[str]:
    if language not in UNSPACED:
        return _DIGITS
    figures = "|".join(word for word in numerals(language) if len(word) == 1)
    return re.compile(rf"([1-9]|10|{figures})(?:{_COUNTERS}|(?=人))")
