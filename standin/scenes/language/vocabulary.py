"""The vocabulary as data: vocabulary.json, read once."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "ja", "de", "fr", "es", "zh")
UNSPACED = frozenset({"ja", "zh"})
"""Languages written without spaces between words."""
COLOURABLE_OBJECTS = frozenset({"house", "boat", "car"})


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What there is to know of a thing besides its looks."""

    name: str
    group: str
    """`time`, `sky`, `water`, `ground`, `far`, `object`, `shape` or `sign`."""
    is_a: str | None
    """The more general thing it also is: a full moon is a moon."""
    noun: str
    many: str
    article: str
    """Before one of it in English; empty where none is used."""
    is_plural: bool
    """Whether `noun` is a plural: stars, clouds."""
    kind: str
    """The kind of requirement it makes: `setting` or `object`."""
    question: str
    """A neutral question about a picture that its answer would be found by."""
    own_colours: frozenset[str]
    """Colours it has anyway, so that naming them asks for nothing."""

    @property
    def is_colourable(self) -> bool:
        """Whether it can be asked for in any colour."""
        return self.group == "shape" or self.name in COLOURABLE_OBJECTS

    @property
    def is_countable(self) -> bool:
        """Whether a number of it can be asked for."""
        return self.group in ("shape", "object") or self.name == "birds"


@dataclass(frozen=True)
class Word:
    """A word or phrase of one language and what it stands for."""

    kind: str
    """`thing`, `colour`, `number`, `place`, `relation`, `negation`, `break`, `joiner`, `plain` or `decoy`."""
    value: str


@cache
def _data() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("vocabulary.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def things() -> dict[str, Thing]:
    """Every thing, by its key, in the file's order."""
    return {name: _thing(name, entry) for name, entry in _data()["things"].items()}


def _thing(name: str, entry: dict[str, Any]) -> Thing:
    noun = entry["noun"]
    many = entry.get("many", noun)
    return Thing(
        name=name,
        group=entry["group"],
        is_a=entry.get("is_a"),
        noun=entry.get("singular", noun),
        many=many,
        article=entry["article"],
        is_plural=entry.get("plural", False),
        kind=entry.get("kind", "object"),
        question=entry.get("ask", f"How many {many} are there?"),
        own_colours=frozenset(entry.get("own_colours", ())),
    )


@cache
def colours() -> tuple[str, ...]:
    """Every colour name."""
    return tuple(_data()["colours"])


@cache
def function_words(language: str) -> frozenset[str]:
    """Little words that tell languages of one script apart."""
    return frozenset(_data()["function_words"].get(language, ()))


@cache
def words(language: str) -> dict[str, Word]:
    """Every word and phrase of a language, in lower case."""
    found: dict[str, Word] = {}
    data = _data()
    for kind, section in (
        ("negation", "negations"),
        ("break", "breaks"),
        ("joiner", "joiners"),
        ("plain", "plain_words"),
    ):
        for phrase in data[section].get(language, ()):
            found[phrase] = Word(kind, phrase)
    for kind, section in (("number", "numbers"), ("place", "places"), ("relation", "relations")):
        for value, entry in data[section].items():
            for phrase in entry.get(language, ()):
                found[phrase] = Word(kind, value)
    for value, entry in data["colours"].items():
        for phrase in entry[language]:
            # German adjectives take endings: rot, rote, roter, rotes, roten, rotem.
            for ending in ("", "e", "er", "es", "en", "em") if language == "de" else ("",):
                found[phrase + ending] = Word("colour", value)
    for value, entry in data["things"].items():
        for phrase in entry[language]:
            found.setdefault(phrase, Word("thing", value))
    for phrase in data["decoys"].get(language, ()):
        found[phrase] = Word("decoy", phrase)
    if language in UNSPACED:
        # Numerals alone are parts of too many words: they count only before a counter (see reading).
        return {phrase: word for phrase, word in found.items() if not (word.kind == "number" and len(phrase) == 1)}
    return found


@cache
def pattern(language: str) -> re.Pattern[str]:
    """Finds the words of a language in a text, longest first."""
    phrases = sorted(words(language), key=lambda phrase: (-len(phrase), phrase))
    body = "|".join(re.escape(phrase) for phrase in phrases)
    if language in UNSPACED:
        return re.compile(body)
    # An apostrophe may stand before a word (l'océan) and a hyphen after it must not (star-shaped is one word).
    return re.compile(rf"(?<![\w-])(?:{body})(?![\w-])", re.IGNORECASE)


@cache
def numerals(language: str) -> dict[str, int]:
    """Number words of a language."""
    return {phrase: int(value) for value, entry in _data()["numbers"].items() for phrase in entry[language]}
