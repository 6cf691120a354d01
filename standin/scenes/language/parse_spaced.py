"""The parser for languages with spaces between words: English, German, French, Spanish."""

import re
from dataclasses import dataclass, replace

from standin.scenes.language.scene import Want
from standin.scenes.language.tokenizer import Token
from standin.scenes.language.vocabulary import function_words

Found = list[tuple[Want, int]]
"""Wants, each with the index in the text where it is named."""
Relations = list[tuple[Want, str, Want]]

_ADJECTIVE_FOLLOWS = frozenset({"fr", "es"})
_MAX_WORDS_BETWEEN = 5
"""Limit between a colour or number and its noun: "three large and clearly visible red houses"."""


@dataclass
class _Parser:
    """The state of the parser in one text."""

    text: str
    language: str
    found: Found
    relations: Relations
    number: Token | None = None
    colour: Token | None = None
    place: str | None = None
    last: int | None = None
    """Index of the last thing in this clause."""
    last_end: int = 0
    is_negating: bool = False
    comma_in_negation: int | None = None
    relation: tuple[int, str] | None = None
    """Subject and kind of a relation whose object comes next."""
    prefix: tuple[str, int | None] | None = None
    """Kind and object of a relation that comes before its subject: "above the sea, a moon". The object may come next."""

    def take(self, token: Token) -> None:
        """Process one token."""
        getattr(self, f"_take_{token.kind}")(token)

    def _take_stop(self, token: Token) -> None:
        self.number = self.colour = self.place = self.last = self.relation = self.prefix = None
        self.is_negating, self.comma_in_negation = False, None

    def _take_comma(self, token: Token) -> None:
        self.last = self.relation = None
        self.comma_in_negation = token.end if self.is_negating else None

    def _take_break(self, token: Token) -> None:
        self.last = None
        self.is_negating, self.comma_in_negation = False, None

    def _take_joiner(self, token: Token) -> None:
        pass

    def _take_plain(self, token: Token) -> None:
        pass

    def _take_lettering(self, token: Token) -> None:
        # A place after the lettering is the sign's: a sign with "OPEN" on the left.
        signs = [index for index, (want, _) in enumerate(self.found) if want.thing == "sign"]
        self.last = signs[-1] if signs else self.last

    def _take_negation(self, token: Token) -> None:
        self.is_negating, self.comma_in_negation = True, None

    def _take_number(self, token: Token) -> None:
        self.number = token

    def _take_colour(self, token: Token) -> None:
        if self.language in _ADJECTIVE_FOLLOWS and self.last is not None:
            want, start = self.found[self.last]
            between = self.text[self.last_end : token.start].split()
            if want.colour is None and len(between) <= 1 and not self._has_function_word(between):
                self.found[self.last] = (replace(want, colour=token.value), start)
                self._update_relations(want, self.found[self.last][0])
                return
        self.colour = token

    def _take_place(self, token: Token) -> None:
        if self.last is not None and self.found[self.last][0].place is None:
            want, start = self.found[self.last]
            self.found[self.last] = (replace(want, place=token.value), start)
        else:
            self.place = token.value

    def _take_relation(self, token: Token) -> None:
        if self.last is None:
            self.prefix = (token.value, None)
        else:
            self.relation = (self.last, token.value)

    def _take_thing(self, token: Token) -> None:
        if self.comma_in_negation is not None:
            between = self.text[self.comma_in_negation : token.start].lower().split()
            # "no people, cars or birds" continues the negation; "no people, a red house" ends it.
            self.is_negating = not self._has_function_word(between) and self.number is None
            self.comma_in_negation = None
        want = Want(
            thing=token.value,
            count=int(self.number.value) if self.number and self._is_near(self.number, token) else None,
            colour=self.colour.value if self.colour and self._is_near(self.colour, token) else None,
            place=self.place,
            is_absent=self.is_negating,
        )
        self.found.append((want, token.start))
        self.last = len(self.found) - 1
        self.last_end = token.end
        self.number = self.colour = self.place = None
        if self.relation is not None:
            subject, kind = self.relation
            self.relations.append((self.found[subject][0], kind, want))
            self.relation = None
        elif self.prefix is not None:
            kind, other = self.prefix
            if other is None:
                self.prefix = (kind, self.last)
            else:
                self.relations.append((want, kind, self.found[other][0]))
                self.prefix = None

    def _update_relations(self, old: Want, new: Want) -> None:
        for index, (subject, kind, other) in enumerate(self.relations):
            self.relations[index] = (new if subject is old else subject, kind, new if other is old else other)

    def _is_near(self, token: Token, noun: Token) -> bool:
        between = re.findall(r"[\w'-]+", self.text[token.end : noun.start].lower())
        return len(between) <= _MAX_WORDS_BETWEEN and not self._has_function_word(between)

    def _has_function_word(self, words: list[str]) -> bool:
        # "and" does not end the phrase, because it may join adjectives: "a large and clearly visible red house".
        return any(word in function_words(self.language) and word not in ("and", "und", "et", "y") for word in words)


def parse_spaced(text: str, tokens: list[Token], language: str) -> tuple[Found, Relations]:
    """Return the wants in the order of the text, and the relations between them."""
    parser = _Parser(text, language, [], [])
    for token in tokens:
        parser.take(token)
    return parser.found, parser.relations
