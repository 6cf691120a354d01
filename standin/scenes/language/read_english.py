"""The reader of English: captions such as "three red circles left of a house, no people".

A clause is understood only if every word of it has a place in the grammar. If not, the whole clause is unread, and only
noun phrases that stand alone in it are kept: "a house with a green door" has a house.
"""

import re
from dataclasses import replace

from standin.scenes.language.part import Mention, Part, link
from standin.scenes.language.scene import Want
from standin.scenes.language.tokenizer import Sentence, Token, Tokenizer
from standin.scenes.language.vocabulary import things

_GRAMMAR = {
    "a": ("a", "an"),
    "d": ("the",),
    "E": ("exactly",),
    "e": ("clearly visible", "large", "big", "huge", "prominent", "unmistakable"),
    "m": ("plain",),
    "x": ("without any", "without", "with no", "no", "free of", "not a single", "not any", "there is no", "there are no",
          "zero"),
    "z": ("nobody", "no one"),
    "s": ("that says", "saying", "reading", "with the word", "with the words", "with the text", "the word", "the words",
          "the text"),
    "w": ("with",),
    "f": ("there is", "there are", "a picture of", "an image of", "a scene with"),
    "F": ("a photo of", "a photograph of", "a painting of", "a drawing of", "an illustration of", "a sketch of",
          "a watercolour of", "a watercolor of"),
    "b": ("is", "are"),
    "j": ("and",),
    "o": ("or",),
    "k": ("but", "while", "where"),
    "y": ("in the sky", "across the sky"),
    "q": ("in front of", "next to", "behind", "beside", "near", "in", "on", "at", "by", "during", "against", "across",
          "inside", "outside", "between", "around", "through", "along", "into", "beyond", "among", "onto"),
}  # fmt: skip
TOKENIZER = Tokenizer(
    "en",
    {phrase: kind for kind, phrases in _GRAMMAR.items() for phrase in phrases},
    numbers=r"(?<![\w.,-])(1[0-2]|[1-9])(?![\w-]|[.,]\d)",
    word=r"[\w'’-]+",
    edge=r"[\w'’-]",
)
_NOUN_PHRASE = re.compile(
    r"(?P<article>[ad])?(?:E?(?P<number>n))?(?:ej?|m)*(?P<colour>c)?(?:e|m)*(?:(?P<thing>[tT])(?:[sw](?P<text>l))?|(?P<bare>sl))"
)
_EXCLUDED = re.compile(r"a?(?P<colour>c)?(?P<thing>[tT])")
_BOUNDARY = ",jkwxzqrpyf"
"""A clause, or a noun phrase in it, ends before these."""
_STARTS = "adnEpfFxzwT"
"""After "and", a new clause starts with one of these. "A black and white house" goes on."""
NEGATOR = re.compile(
    r"(?<![\w'’-])(?:no|not|nor|none|nobody|nothing|nowhere|never|neither|without|except|excluding|instead|rather|unlike|"
    r"but|or|avoid|exclude|remove|lack|lacks|lacking|missing|minus|absent|empty|devoid|free|zero|hidden|invisible|unless|hardly|"
    r"barely|cannot|other|apart|save|\w+less|\w+n['’]t|\w+-free|non?-\w+)(?![\w'’-])"
)
REFERENCE = re.compile(
    r"(?<![\w'’-])(?:it|its|them|they|their|this|that|these|those|one|ones|instead|rather|actually|wait|sorry|correction|change|"
    r"changed|make|replace|replaced|swap|turn|former|latter|first|second|last|other|all|each|every|both|everything|"
    r"more|less|fewer|most|least|maybe|perhaps|possibly|optional|optionally|about|approximately|roughly|minimum|"
    r"maximum)(?![\w'’-])"
)
"""Words by which a sentence may change what an earlier one says."""


class EnglishSentence(Sentence):
    """Reads the clauses of one sentence, from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self._between = next((at for at, token in enumerate(tokens) if token.value == "between"), len(tokens))

    def read(self) -> list[Part]:
        """Return the parts."""
        parts: list[Part] = []
        while self._kinds[self._at] != ".":
            kinds = self._kinds[self._at : self._at + 2]
            if kinds[0] in ",jk" or kinds in ("fz", "wz"):
                self._at += 1
            elif self._kinds[self._at] in "xz":
                parts.append(self._read_negation())
            else:
                parts += self._read_group()
        return parts

    def _read_negation(self) -> Part:
        part = Part(self._tokens[self._at].start, is_negation=True)
        if self._kinds[self._at] == "z":
            part.mentions.append(Mention(Want(thing="person", is_absent=True), part.start, self._tokens[self._at].end))
        self._at += 1
        is_list = is_one = False
        while not (part.mentions and self._kinds[self._at - 1] == "z") and (
            match := _EXCLUDED.match(self._kinds, self._at)
        ):
            colour = self._value(match.start("colour")) if match["colour"] else None
            noun = self._tokens[match.end() - 1]
            want = Want(thing=noun.value, colour=colour, is_absent=True)
            part.mentions.append(Mention(want, self._tokens[match.start()].start, noun.end))
            self._at = match.end()
            is_one = not _is_plural(noun.text)
            # "No people, trees": it is unclear whether the trees are excluded. With an "or", they are.
            gap = re.compile(r",?ox?|,(?=c?[tT])").match(self._kinds, self._at)
            if gap is None:
                break
            is_list = "o" not in gap.group()
            self._at = gap.end()
        # "No people and a car" may exclude the car; so may "without a house, a car and a boat".
        ends = re.compile("[kxz.]|,[xz.]" if is_one else "[,kxz.]").match(self._kinds, self._at)
        if not part.mentions or is_list or not ends:
            part.is_unread = True
            part.mentions = []
            self._skip(part)
        part.end = self._tokens[self._at - 1].end
        part.keep_drawable()
        return part

    def _read_group(self) -> list[Part]:
        """Return the clauses that "and" joins."""
        parts = [self._read_clause()]
        while self._starts_after_and(self._at) and self._kinds[self._at + 1] not in "xzw":
            self._at += 1
            parts.append(self._read_clause())
        are_placed = [bool(part.relations) or any(one.want.place for one in part.mentions) for part in parts]
        if len(parts) > 1 and any(are_placed) and not all(are_placed):
            # In "a circle and a square on the left", where is the circle?
            mentions = [mention for part in parts for mention in part.mentions]
            for mention in mentions:
                mention.want = replace(mention.want, place=None)
            parts = [Part(parts[0].start, parts[-1].end, mentions, is_unread=True)]
        for part in parts:
            part.keep_drawable()
        return parts

    def _read_clause(self) -> Part:
        part = Part(self._tokens[self._at].start)
        while self._kinds[self._at] in "fF":
            part.is_unread = part.is_unread or self._kinds[self._at] == "F"
            self._at += 1
        if not self._read_chain(part):
            part.is_unread = True
            self._skip(part)
        part.end = self._tokens[self._at - 1].end
        return part

    def _read_chain(self, part: Part) -> bool:
        """Read noun phrases and how they stand to each other. Return whether the clause ends after them."""
        start, place, lead = self._at, None, None
        if self._kinds[start] == "p":
            place = self._value(start)
            self._at += 1 + (self._kinds[start + 1] == ",")
            part.lead = self._kinds[start : self._at]
        elif self._kinds[start] in "qr":
            lead = self._read_noun_phrase(start + 1)
            if lead is None:
                return False
            part.mentions.append(lead)
            after_comma = self._at + (self._kinds[self._at] == ",")
            if not _NOUN_PHRASE.match(self._kinds, after_comma):
                return link(None, self._value(start), lead) == "" and self._is_at_boundary()
            self._at = after_comma
            part.lead = "" if lead.group == "time" else self._kinds[start : self._at]
        subject = self._read_noun_phrase(self._at)
        if subject is None:
            return False
        part.mentions.append(subject)
        subject.want = replace(subject.want, place=place)
        return (lead is None or part.link(subject, self._value(start), lead)) and self._read_tail(part, subject)

    def _read_tail(self, part: Part, subject: Mention) -> bool:
        while True:
            kinds = self._kinds[self._at : self._at + 2]
            if kinds[0] == "b" and kinds[1] in "pqr":
                self._at += 1
            elif kinds == "bc" and self._value(self._at + 1) in things()[subject.want.thing].own_colours:
                self._at += 2
            elif kinds[0] == "p" and subject.want.place is None and len(part.mentions) == 1:
                subject.want = replace(subject.want, place=self._value(self._at))
                self._at += 1
            elif kinds[0] == "y" and part.mentions[-1].group == "sky":
                self._at += 1
            elif kinds[0] in "qrw" and kinds != "wz":
                kind = self._value(self._at)
                other = self._read_noun_phrase(self._at + 1)
                if other is None or not part.link(subject, kind, other):
                    return False
                part.mentions.append(other)
            else:
                return self._is_at_boundary()

    def _read_noun_phrase(self, at: int) -> Mention | None:
        """Return the noun phrase at a token and go past it. None: there is none, or it goes on."""
        match = _NOUN_PHRASE.match(self._kinds, at)
        if match is None or self._kinds[match.end()] not in _BOUNDARY + "b.":
            return None
        if match["number"] and self._tokens[at - 1].text in ("over", "under"):
            # "Over three boats" are more than three.
            return None

        def value(name: str) -> str | None:
            return self._value(match.end(name) - 1) if match[name] else None

        name, lettering = value("thing") or "sign", value("text") or value("bare")
        if (lettering and name != "sign") or ("m" in match.group() and name != "background"):
            return None
        word = self._tokens[match.start("thing")].text if match["thing"] else ""
        number = value("number")
        is_plural = _is_plural(word)
        # "A bird" is one: the painter draws several without a count.
        is_one = things()[name].is_plural and things()[name].is_countable and not is_plural
        count = int(number) if number else 1 if is_one else None
        # Stars with a count or a colour are shapes.
        if word == "stars" and (number or value("colour") not in (None, *things()["stars"].own_colours)):
            name = "star"
        has_size = "e" in match.group()
        want = Want(thing=name, count=count, colour=value("colour"), lettering=lettering, is_emphasized=has_size)
        self._at = match.end()
        return Mention(want, self._tokens[at].start, self._tokens[self._at - 1].end, match["article"] == "d", is_plural)

    def _is_at_boundary(self) -> bool:
        kinds = self._kinds[self._at : self._at + 2]
        return kinds[0] in ",kxzf." or kinds == "wz" or self._starts_after_and(self._at)

    def _starts_after_and(self, at: int) -> bool:
        """Return whether an "and" is next, and then a clause: "and a boat", "and stars", but not "and boat"."""
        if self._kinds[at] != "j":
            return False
        is_scenery = self._kinds[at + 1] == "t" and not things()[self._tokens[at + 1].value].is_colourable
        return is_scenery or self._kinds[at + 1] in _STARTS

    def _skip(self, part: Part) -> None:
        """Go to the end of an unread clause. Keep the scenery in it: "a cat by a lake"."""
        start = self._at
        while self._kinds[self._at] != ".":
            kind = self._kinds[self._at]
            if kind in ",kxzf" and not re.fullmatch("[adneEmc]*", self._kinds[start : self._at]):
                return
            is_between = self._between < self._at
            if self._starts_after_and(self._at) and self._kinds[self._at - 1] not in "adneEmcwqr" and not is_between:
                return
            self._at += 1
            # "Covered in snow" does not ask for snow on the ground.
            if kind in "qr" and not part.is_negation and self._value(self._at - 1) != "in":
                after = self._at
                other = self._read_noun_phrase(after)
                if other and (kind == "r" or link(None, self._value(after - 1), other) == ""):
                    part.mentions.append(other)
                else:
                    self._at = after


def _is_plural(word: str) -> bool:
    return (word.endswith("s") and not word.endswith("ss")) or word == "people"
