"""The vocabulary: typed access to vocabulary.json, which is read once."""

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
    """A thing of the vocabulary."""

    name: str
    group: str
    """`time`, `sky`, `water`, `ground`, `far`, `object`, `shape` or `sign`."""
    is_a: str | None
    """The more general thing that it also is: a full moon is a moon."""
    noun: str
    plural: str
    article: str
    """Its English article. Empty if it has none."""
    is_plural: bool
    """Whether `noun` is a plural, such as stars."""
    kind: str
    """The kind of its requirement: `setting` or `object`."""
    question: str
    """A neutral question whose answer shows whether a picture has the thing."""
    own_colours: frozenset[str]
    """Colours that it always has. To name one of them is no requirement."""

    @property
    def is_colourable(self) -> bool:
        """Whether the painter can draw it in any colour."""
        return self.group == "shape" or self.name in COLOURABLE_OBJECTS

    @property
    def is_countable(self) -> bool:
        """Whether a text can ask for a number of it."""
        return self.group in ("shape", "object") or self.name == "birds"


@dataclass(frozen=True)
class Word:
    """The meaning of a word or phrase."""

    kind: str
    """`thing`, `colour`, `number`, `place`, `relation`, `negation`, `break`, `joiner`, `plain` or `decoy`.

    A break ends a negation. A joiner is "and" or "or". A plain word emphasizes. A decoy has a known word in it but another
    meaning: "ice cream".
    """
    value: str


@cache
def _load() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("vocabulary.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def things() -> dict[str, Thing]:
    """Return every thing by its key, in the order of the file."""
    return {name: _parse_thing(name, entry) for name, entry in _load()["things"].items()}


def _parse_thing(name: str, entry: dict[str, Any]) -> Thing:
    noun = entry["noun"]
    plural = entry.get("many", noun)
    return Thing(
        name=name,
        group=entry["group"],
        is_a=entry.get("is_a"),
        noun=entry.get("singular", noun),
        plural=plural,
        article=entry["article"],
        is_plural=entry.get("plural", False),
        kind=entry.get("kind", "object"),
        question=entry.get("ask", f"How many {plural} are there?"),
        own_colours=frozenset(entry.get("own_colours", ())),
    )


@cache
def colours() -> tuple[str, ...]:
    """Return every colour name."""
    return tuple(_load()["colours"])


@cache
def function_words(language: str) -> frozenset[str]:
    """Return the short words by which a language of the Latin script is recognized."""
    return frozenset(_load()["function_words"].get(language, ()))


@cache
def words(language: str) -> dict[str, Word]:
    """Return every word and phrase of a language, in lower case."""
    found: dict[str, Word] = {}
    data = _load()
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
            # German adjectives have endings: rot, rote, roter, rotes, roten, rotem.
            for ending in ("", "e", "er", "es", "en", "em") if language == "de" else ("",):
                found[phrase + ending] = Word("colour", value)
    for value, entry in data["things"].items():
        for phrase in entry[language]:
            found.setdefault(phrase, Word("thing", value))
    for phrase in data["decoys"].get(language, ()):
        found[phrase] = Word("decoy", phrase)
    if language in UNSPACED:
        # Numerals are part of too many words: they count only before a counter (see tokenizer).
        return {phrase: word for phrase, word in found.items() if not (word.kind == "number" and len(phrase) == 1)}
    return found


@cache
def pattern(language: str) -> re.Pattern[str]:
    """Return a pattern that finds the words of a language, longest first."""
    phrases = sorted(words(language), key=lambda phrase: (-len(phrase), phrase))
    body = "|".join(re.escape(phrase) for phrase in phrases)
    if language in UNSPACED:
        return re.compile(body)
    # A word may follow an apostrophe (l'océan), but must not touch a hyphen (star-shaped is one word).
    return re.compile(rf"(?<![\w-])(?:{body})(?![\w-])", re.IGNORECASE)


@cache
def numerals(language: str) -> dict[str, int]:
    """Return the value of each number word of a language."""
    return {phrase: int(value) for value, entry in _load()["numbers"].items() for phrase in entry[language]}
