"""The vocabulary: typed access to vocabulary.json, which is read once."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

COLOURABLE_OBJECTS = frozenset({"house", "boat", "car"})


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A thing of the vocabulary."""

    name: str
    group: str
    """`time`, `sky`, `water`, `ground`, `far`, `object`, `shape`, `sign` or `backdrop`."""
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
    """Colours that it always has. Naming one of them adds no requirement."""

    @property
    def is_colourable(self) -> bool:
        """Whether the painter can draw it in any colour."""
        return self.group in ("shape", "backdrop") or self.name in COLOURABLE_OBJECTS

    @property
    def is_countable(self) -> bool:
        """Whether a text can ask for a number of it."""
        return self.group in ("shape", "object") or self.name == "birds"


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
def short_words() -> dict[str, frozenset[str]]:
    """Return the short words by which the languages of the Latin script are recognized. English is the first."""
    return {language: frozenset(words) for language, words in _load()["short_words"].items()}


@cache
def words(language: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the value of every word and phrase of a language, in lower case.

    The kinds are `thing`, `colour`, `number`, `place` and `relation`.
    """
    sections = {"number": "numbers", "place": "places", "relation": "relations", "colour": "colours", "thing": "things"}
    return {
        phrase: (kind, value)
        for kind, section in sections.items()
        for value, entry in _load()[section].items()
        for phrase in entry.get(language, ())
    }
