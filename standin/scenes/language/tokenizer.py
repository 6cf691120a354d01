"""The tokenizer: every character of a text belongs to a token, or is a space.

The kind of a token is one letter, so that the readers can match patterns of kinds:

* `t` thing, `T` time of day, `c` colour, `n` number, `p` place, `r` relation, `l` lettering that the painter can paint;
* `,` comma, `.` end of a sentence, `u` unknown word;
* the letters of the grammar words, which each reader lists.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from standin.scenes.language.part import Part
from standin.scenes.language.vocabulary import things, words

_PAUSES = r"(?P<comma>[,;、，；])|(?P<stop>[.!?\n。！？])"
QUOTED = (
    r"(?P<quoted>\"[^\"]{1,300}\"|“[^”]{1,300}”|«[^»]{1,300}»|「[^」]{1,300}」|『[^』]{1,300}』|„[^“”]{1,300}[“”]|"
    r"(?<!\w)['‘][^'’]{1,300}['’](?!\w))"
)
"""The pattern of a text in quotes: the picture shows it."""
# Signs are painted in capitals. 0 and 1 look like O and I.
_PAINTABLE = re.compile(r"(?=.{1,16}$)[A-Z2-9]+( [A-Z2-9]+)*")
_KINDS = {"thing": "t", "colour": "c", "number": "n", "place": "p", "relation": "r"}


@dataclass(frozen=True)
class Token:
    """One token and its place in the text."""

    kind: str
    value: str
    text: str
    """Its characters, in lower case."""
    start: int
    end: int


class Tokenizer:
    """The tokenizer of one language."""

    def __init__(self, language: str, grammar: Mapping[str, str], numbers: str, word: str, edge: str = "") -> None:
        """`grammar`: kind of each grammar word. `numbers`, `word`: patterns. `edge`: what must not touch a word."""
        self._meanings = {phrase: (_KINDS[kind], value) for phrase, (kind, value) in words(language).items()}
        self._meanings |= {phrase: (kind, phrase) for phrase, kind in grammar.items()}
        self.phrases = frozenset(self._meanings)
        """Every known word and phrase."""
        known = "|".join(re.escape(phrase) for phrase in sorted(self._meanings, key=len, reverse=True))
        if edge:
            known = rf"(?<!{edge})(?:{known})(?!{edge})"
        pattern = rf"{QUOTED}|(?P<number>{numbers})|(?P<known>{known})|{_PAUSES}|(?P<word>{word}|\S)"
        self._pattern = re.compile(pattern)

    def tokenize(self, text: str) -> list[Token]:
        """Return the tokens in order."""
        # Of the same length as the text, so that each token has its place.
        lower = "".join(low if len(low := character.lower()) == 1 else character for character in text)
        return [self._read(match, text[match.start() : match.end()]) for match in self._pattern.finditer(lower)]

    def _read(self, match: re.Match[str], original: str) -> Token:
        text = match.group()
        kind, value = "u", text
        if match["quoted"]:
            inner = original[1:-1].strip()
            kind, value = ("l", inner) if _PAINTABLE.fullmatch(inner) else ("u", original)
        elif match["number"]:
            figures = next(group for group in match.groups()[match.re.groupindex["number"] :] if group)
            kind, value = "n", self._meanings.get(figures, ("", figures))[1]
        elif match["known"]:
            kind, value = self._meanings[text]
            kind = "T" if kind == "t" and things()[value].group == "time" else kind
        elif match["comma"] or match["stop"]:
            kind = "," if match["comma"] else "."
        return Token(kind, str(int(value)) if kind == "n" else value, text, match.start(), match.end())


class Sentence:
    """The tokens of one sentence, and how far a reader has come in it."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._kinds = "".join(token.kind for token in tokens) + "."
        """The kinds of the tokens; the stop is the end."""
        self._at = 0

    def read(self) -> list[Part]:
        """Return the parts of the sentence."""
        raise NotImplementedError

    def _value(self, at: int) -> str:
        return self._tokens[at].value


def split_sentences(tokens: list[Token]) -> list[list[Token]]:
    """Return the tokens of each sentence, without the stops."""
    groups = groupby(tokens, key=lambda token: token.kind == ".")
    return [list(sentence) for is_stop, sentence in groups if not is_stop]


def unknown_words(tokens: list[Token]) -> tuple[str, ...]:
    """Return the unknown words, each once. Those that touch are one: Japanese has no spaces."""
    words: dict[int, str] = {}
    for token in tokens:
        if token.kind == "u":
            words[token.end] = words.pop(token.start, "") + token.value
    return tuple(dict.fromkeys(word for word in words.values() if any(map(str.isalnum, word))))
