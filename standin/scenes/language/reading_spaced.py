"""Reading of languages that put spaces between words: English, German, French, Spanish."""

import re
from dataclasses import dataclass, replace

from standin.scenes.language.marks import Mark
from standin.scenes.language.scene import Wanted
from standin.scenes.language.vocabulary import function_words

Found = list[tuple[Wanted, int]]
"""Wants, each with the place where it is named."""
Relations = list[tuple[Wanted, str, Wanted]]

_ADJECTIVE_FOLLOWS = frozenset({"fr", "es"})
_MAX_WORDS_BETWEEN = 5
"""Between a colour or number and its noun: "three large and clearly visible red houses"."""


@dataclass
class _Reader:
    text: str
    language: str
    found: Found
    relations: Relations
    number: Mark | None = None
    colour: Mark | None = None
    place: str | None = None
    last: int | None = None
    """Index of the thing named last in this clause."""
    previous_end: int = 0
    is_negating: bool = False
    comma_in_negation: int | None = None
    relation: tuple[int, str] | None = None
    """Subject and kind of a relation whose object is still to come."""
    prefix: tuple[str, int | None] | None = None
    """Kind, and object once named, of a relation that stands before its subject: "above the sea, a moon"."""

    def take(self, mark: Mark) -> None:
        """Reads one mark."""
        getattr(self, f"_{mark.kind}")(mark)

    def _stop(self, mark: Mark) -> None:
        self.number = self.colour = self.place = self.last = self.relation = self.prefix = None
        self.is_negating, self.comma_in_negation = False, None

    def _comma(self, mark: Mark) -> None:
        self.last = self.relation = None
        self.comma_in_negation = mark.end if self.is_negating else None

    def _break(self, mark: Mark) -> None:
        self.last = None
        self.is_negating, self.comma_in_negation = False, None

    def _joiner(self, mark: Mark) -> None:
        pass

    def _plain(self, mark: Mark) -> None:
        pass

    def _lettering(self, mark: Mark) -> None:
        # What follows is said of the sign: a sign with "OPEN" on the left.
        signs = [index for index, (want, _) in enumerate(self.found) if want.thing == "sign"]
        self.last = signs[-1] if signs else self.last

    def _negation(self, mark: Mark) -> None:
        self.is_negating, self.comma_in_negation = True, None

    def _number(self, mark: Mark) -> None:
        self.number = mark

    def _colour(self, mark: Mark) -> None:
        if self.language in _ADJECTIVE_FOLLOWS and self.last is not None:
            want, start = self.found[self.last]
            between = self.text[self.previous_end : mark.start].split()
            if want.colour is None and len(between) <= 1 and not self._has_function_word(between):
                self.found[self.last] = (replace(want, colour=mark.value), start)
                self._renew_relations(want, self.found[self.last][0])
                return
        self.colour = mark

    def _place(self, mark: Mark) -> None:
        if self.last is not None and self.found[self.last][0].place is None:
            want, start = self.found[self.last]
            self.found[self.last] = (replace(want, place=mark.value), start)
        else:
            self.place = mark.value

    def _relation(self, mark: Mark) -> None:
        if self.last is None:
            self.prefix = (mark.value, None)
        else:
            self.relation = (self.last, mark.value)

    def _thing(self, mark: Mark) -> None:
        if self.comma_in_negation is not None:
            between = self.text[self.comma_in_negation : mark.start].lower().split()
            # "no people, cars or birds" goes on; "no people, a red house" does not.
            self.is_negating = not self._has_function_word(between) and self.number is None
            self.comma_in_negation = None
        want = Wanted(
            thing=mark.value,
            count=int(self.number.value) if self.number and self._is_near(self.number, mark) else None,
            colour=self.colour.value if self.colour and self._is_near(self.colour, mark) else None,
            place=self.place,
            is_absent=self.is_negating,
        )
        self.found.append((want, mark.start))
        self.last = len(self.found) - 1
        self.previous_end = mark.end
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

    def _renew_relations(self, old: Wanted, new: Wanted) -> None:
        for index, (subject, kind, other) in enumerate(self.relations):
            self.relations[index] = (new if subject is old else subject, kind, new if other is old else other)

    def _is_near(self, mark: Mark, noun: Mark) -> bool:
        between = re.findall(r"[\w'-]+", self.text[mark.end : noun.start].lower())
        return len(between) <= _MAX_WORDS_BETWEEN and not self._has_function_word(between)

    def _has_function_word(self, spoken: list[str]) -> bool:
        # "a large and clearly visible red house": and joins adjectives here, it does not end the phrase.
        return any(word in function_words(self.language) and word not in ("and", "und", "et", "y") for word in spoken)


def read_spaced(text: str, marks: list[Mark], language: str) -> tuple[Found, Relations]:
    """Wants in order of naming, and the relations between them."""
    reader = _Reader(text, language, [], [])
    for mark in marks:
        reader.take(mark)
    return reader.found, reader.relations
