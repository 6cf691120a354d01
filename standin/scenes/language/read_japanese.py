"""The reader of Japanese: captions such as "海の上に満月、右側に赤い家が一軒ある。人のいない風景".

As in English, a clause is understood only if every character of it has a place in the grammar. Else the whole clause is
unread. A place or the object of a relation comes before its thing: 右側に雪山, 海の上に満月.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from standin.scenes.language.part import WATERS, Mention, Part, link
from standin.scenes.language.scene import Want
from standin.scenes.language.tokenizer import Sentence, Token, Tokenizer
from standin.scenes.language.vocabulary import things

_GRAMMAR = {
    "N": ("の",),
    "G": ("が", "は", "も"),
    "J": ("と", "や"),
    "I": ("に", "には", "で", "では"),
    "V": ("ある", "あります", "いる", "います", "見える", "がある"),
    "R": ("立つ", "立っている"),
    "L": ("輝く", "輝き", "輝いている", "光る", "光り", "光っている"),
    "W": ("流れる", "流れ", "流れている"),
    "B": ("浮かぶ", "浮かび", "浮かんでいる", "浮かんだ"),
    "X": ("のいない", "がいない", "はいない", "もいない", "のない", "がない", "はない", "もない", "がいません", "はいません",
          "がありません", "はありません", "なし", "無し", "なしの"),
    "z": ("無人", "誰もいない", "だれもいない"),
    "y": ("空",),
    "f": ("風景", "景色"),
    "s": ("と書かれた", "と書いてある", "という"),
    "S": ("と書かれている",),
}  # fmt: skip
_COUNTERS = {"本": "tree", "艘": "boat", "軒": "house", "台": "car", "羽": "birds", "人": "person"}
"""The counters of one thing each. つ and 個 count every other thing."""
_FIGURES = "一二三四五六七八九十"
JAPANESE_TOKENIZER = Tokenizer(
    "ja",
    {phrase: kind for kind, phrases in _GRAMMAR.items() for phrase in phrases},
    numbers=rf"([1-9１-９](?![0-9０-９])|1[0-2]|[{_FIGURES}])[つ個{''.join(_COUNTERS)}](?![々形気口間物])",
    word=r"[A-Za-z]+",
)
_NOUN_PHRASE = re.compile(r"(?:ls)?(?:TN|nN|pN|cN?)*[tT]")
_EXCLUDED = re.compile(r"(?P<list>[tT](?:[JG][tT])*)X|(?P<nobody>z)N?")
_MOONS = {"moon", "full moon", "crescent moon"}
_VERBS = {
    "L": {*_MOONS, "sun", "stars", "aurora"},
    "W": {"meteors"},
    "B": {*_MOONS, "clouds", "ice", "boat"},
    "R": {"person", "tree", "house", "lighthouse", "sign"},
}
"""The things that look as each verb says in every picture."""
_RELATIONS = {"left": "left of", "right": "right of", "above": "above", "below": "below"}
JAPANESE_NEGATOR = re.compile(
    "ない|なく|なし|無|ず|ぬ|以外|抜き|ません|除|禁|不|非|だけ|のみ|代わ|避|消|誰も|だれも|空っぽ|または|又は|もしくは|あるいは|以上|以下|できれば|たぶん"
)
JAPANESE_REFERENCE = re.compile(
    "それ|これ|あれ|その|この|あの|彼|やっぱり|やはり|代わ|変更|訂正|替え|変え|にして|すべて|全部|どちら|両方|前者|後者|他"
)
"""Words by which a sentence may change what an earlier one says."""


class JapaneseSentence(Sentence):
    """Reads the clauses of one sentence, from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self._times: list[Mention] = []

    def read(self) -> list[Part]:
        """Return the parts."""
        parts: list[Part] = []
        while self._kinds[self._at] != ".":
            if self._kinds[self._at] == ",":
                self._at += 1
                continue
            start = self._at
            part = Part(self._tokens[start].start)
            self._times = []
            if self._read_clause(part):
                part.mentions += self._times
            else:
                part.is_unread, part.mentions = True, []
                while not self._is_at_end():
                    self._at += 1
            part.end = self._tokens[self._at - 1].end
            part.keep_drawable()
            # 車、人のいない海: is the car excluded? Nobody knows.
            if self._kinds[start] != "z" and part.is_negation and re.search("(?:^|[,J])[tT],$", self._kinds[:start]):
                part.is_unread = True
            parts.append(part)
        return parts

    def _read_clause(self, part: Part) -> bool:
        """Read a clause. Return whether it is understood."""
        place: str | None = None
        is_sky = False
        leads: list[tuple[str, Mention]] = []
        floating: Mention | None = None
        while True:
            if match := _EXCLUDED.match(self._kinds, self._at):
                part.is_negation = True
                part.mentions += self._exclude(match)
                self._at = match.end()
                if self._kinds[self._at] == "f":
                    self._at += 1
                if self._is_at_end():
                    return True
            elif match := re.compile("yI,?").match(self._kinds, self._at):
                is_sky, self._at = True, match.end()
            elif match := re.compile("pI,?").match(self._kinds, self._at):
                place, self._at = self._value(match.start()), match.end()
                part.lead = match.group()
            elif match := re.compile("t[NG]B(?=[tTc])").match(self._kinds, self._at):
                floating = self._mention(self._at, self._at + 1)
                self._at = match.end()
            else:
                lead = self._read_lead()
                if lead is None:
                    break
                leads.append(lead)
                if lead[1].group != "time":
                    part.lead = self._kinds[self._at - 1]
        if floating is not None and leads:
            # 流氷の浮かぶ海の上に満月: the sea is in the lead.
            part.mentions.append(floating)
            if link(floating, "on", leads[0][1]) != "":
                return False
            floating = None
        part.mentions += [other for _, other in leads]
        if self._is_at_end() or self._kinds[self._at] in "VR":
            return False
        return self._read_body(part, place, leads, floating, is_sky=is_sky)

    def _read_lead(self) -> tuple[str, Mention] | None:
        """Read the object of a relation: 青い四角の左に, 砂浜に, 夜に."""
        start, times = self._at, list(self._times)
        other = self._read_noun_phrase()
        if other is not None and other.want.lettering is None:
            if match := re.compile("NpI,?(?![VR])").match(self._kinds, self._at):
                kind = _RELATIONS.get(self._value(self._at + 1), "")
                self._at = match.end()
                return kind, other
            if match := re.compile("I,?(?![VR])").match(self._kinds, self._at):
                self._at = match.end()
                return ("at" if other.group == "time" else "on"), other
        self._at, self._times = start, times
        return None

    def _read_body(
        self, part: Part, place: str | None, leads: list[tuple[str, Mention]], floating: Mention | None, *, is_sky: bool
    ) -> bool:
        named: list[Mention] = []
        while True:
            mention = self._read_noun_phrase()
            if mention is None:
                return False
            named.append(mention)
            if self._kinds[self._at] != "J":
                break
            self._at += 1
        part.mentions += named
        if floating is not None:
            part.mentions.append(floating)
            if link(floating, "on", named[0]) != "" or len(named) > 1:
                return False
        if is_sky and any(mention.group != "sky" for mention in named):
            return False
        for mention in named:
            if place is not None and mention.want.place not in (None, place):
                return False
            mention.want = replace(mention.want, place=mention.want.place or place)
            for kind, other in leads:
                # A boat 海の上に is on the sea, not above it.
                is_afloat = kind == "above" and other.want.thing in WATERS and mention.want.thing in ("boat", "ice")
                if not part.link(mention, "on" if is_afloat else kind, other):
                    return False
        return self._read_tail(part, named)

    def _read_tail(self, part: Part, named: list[Mention]) -> bool:
        last = named[-1]
        self._at += self._kinds[self._at] == "G"
        if self._kinds[self._at] == "n" and len(named) == 1 and last.want.count is None:
            if not self._fits_counter(last, self._tokens[self._at]):
                return False
            last.want = replace(last.want, count=int(self._value(self._at)))
            self._at += 1
        elif match := re.compile("pI?(?=[VR,.])").match(self._kinds, self._at):
            if self._kinds[self._at - 1] != "G" or len(named) > 1 or last.want.place:
                return False
            last.want = replace(last.want, place=self._value(self._at))
            self._at = match.end()
        kind = self._kinds[self._at]
        if kind in _VERBS:
            self._at += 1
            return self._is_at_end() and all(mention.want.thing in _VERBS[kind] for mention in named)
        self._at += kind == "V"
        return self._is_at_end()

    def _read_noun_phrase(self) -> Mention | None:
        """Return the noun phrase that is next, and go past it. A time of day in it, 夜の海, goes to `_times`."""
        if match := re.compile(r"tIlS?(?=[,.])").match(self._kinds, self._at):
            mention = self._mention(self._at, self._at + 1)
            mention.want = replace(mention.want, lettering=self._value(self._at + 1))
            self._at = match.end()
        else:
            match = _NOUN_PHRASE.match(self._kinds, self._at)
            if match is None or any(match.group().count(kind) > 1 for kind in "cnp"):
                return None
            mention = self._mention(self._at, match.end())
            numbers = [token for token in self._tokens[match.start() : match.end()] if token.kind == "n"]
            if not all(self._fits_counter(mention, number) for number in numbers):
                return None
        return mention if mention.want.lettering is None or mention.want.thing == "sign" else None

    def _mention(self, start: int, end: int) -> Mention:
        values = {token.kind: token.value for token in self._tokens[start:end]}
        name = self._tokens[end - 1].value
        number = values.get("n")
        want = Want(
            thing=name,
            count=int(number) if number else None,
            colour=values.get("c"),
            place=values.get("p"),
            lettering=values.get("l"),
        )
        self._times += [
            Mention(Want(thing=token.value), token.start, token.end)
            for token in self._tokens[start : end - 1]
            if token.kind == "T"
        ]
        self._at = end
        thing = things()[name]
        # There is no article. A second sea is the same one.
        is_definite = thing.group in ("water", "ground") or (thing.group == "sky" and not thing.is_countable)
        return Mention(want, self._tokens[end - 1].start, self._tokens[end - 1].end, is_definite)

    def _exclude(self, match: re.Match[str]) -> Iterable[Mention]:
        tokens = self._tokens[match.start() : match.end()]
        names = [token.value for token in tokens if token.kind in "tT"] or ["person"]
        for name in names:
            yield Mention(Want(thing=name, is_absent=True), tokens[0].start, tokens[-1].end)

    @staticmethod
    def _fits_counter(mention: Mention, number: Token) -> bool:
        """Return whether the counter is that of the thing: 三人の家 is a house for three people."""
        thing, counter = mention.want.thing, number.text[-1]
        return _COUNTERS.get(counter) == thing or (counter in "つ個" and thing not in ("birds", "person"))

    def _is_at_end(self) -> bool:
        return self._kinds[self._at] in ",."
