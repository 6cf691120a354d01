"""English phrases for wants and relations. `parse_scene` understands them again."""

import re
from collections.abc import Collection

from standin.scenes.language.scene import Relation, Scene, Want
from standin.scenes.language.vocabulary import things

NUMBER_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
EMPHASES = ("large and clearly visible", "big and prominent", "huge and unmistakable", "large and prominent")
"""Strong words that make mistakes rarer. Each revision uses the next ones."""
_EMPHASIS_OF_SCENERY = "clearly visible"
_STRONG_WORDS = re.compile(r"\b(?:large|big|huge|prominent|unmistakable|clearly visible)\b", re.IGNORECASE)
_PLACE_PHRASES = {
    "left": "on the left side",
    "right": "on the right side",
    "middle": "in the middle",
    "above": "at the top",
    "below": "at the bottom",
    "foreground": "in the foreground",
}
_RELATION_PHRASES = {"left of": "to the left of", "right of": "to the right of", "above": "above", "below": "below"}


def phrase_emphasized(want: Want, emphasis: str) -> str:
    """Return the phrase with strong words, as the reviser puts it first: one of `EMPHASES`, or less for scenery."""
    if _is_scenery(want):
        return phrase_want(want, emphasis=_EMPHASIS_OF_SCENERY)
    return phrase_want(want, emphasis=emphasis, is_exact=True)


def is_emphasis_of(want: Want, text: str) -> bool:
    """Return whether the text asks for the thing with the strong words of `phrase_emphasized`, and with no others."""
    emphases = (_EMPHASIS_OF_SCENERY,) if _is_scenery(want) else EMPHASES
    return any(not _STRONG_WORDS.search(text.lower().replace(emphasis, "", 1)) for emphasis in emphases)


def _is_scenery(want: Want) -> bool:
    return things()[want.thing].group in ("time", "ground")


def number_word(count: int) -> str:
    """Return `three` for 3, and figures from 13 on."""
    return NUMBER_WORDS[count] if count < len(NUMBER_WORDS) else str(count)


def place_phrase(place: str) -> str:
    """Return `on the right side` for `right`."""
    return _PLACE_PHRASES[place]


def relation_phrase(kind: str) -> str:
    """Return `to the left of` for `left of`."""
    return _RELATION_PHRASES[kind]


def name_want(want: Want, *, plural: bool | None = None) -> str:
    """Return the name with its colour, such as `red circles`. `plural`: default is by the count."""
    thing = things()[want.thing]
    noun = thing.plural if (is_plural(want) if plural is None else plural) else thing.noun
    return f"{want.colour} {noun}" if want.colour else noun


def phrase_want(want: Want, *, emphasis: str = "", is_exact: bool = False, with_place: bool = True) -> str:
    """Return a phrase that asks for the thing, such as `three red circles on the left side`.

    `is_exact`: whether `exactly` comes before the count.
    """
    thing = things()[want.thing]
    name = " ".join(part for part in (emphasis, name_want(want)) if part)
    if want.count is not None:
        exactly = "exactly " if is_exact else ""
        phrase = f"{exactly}{number_word(want.count)} {name}"
    elif not thing.article or thing.is_plural:
        phrase = name
    else:
        # A thing with the article "the" keeps it: "the large sea".
        phrase = f"{_indefinite_article(name) if thing.article != 'the' else 'the'} {name}"
    if want.lettering:
        phrase += f' that says "{want.lettering}"'
    if with_place and want.place:
        phrase += f" {place_phrase(want.place)}"
    return phrase


def phrase_relation(relation: Relation, scene: Scene) -> str:
    """Return a sentence such as `the three red circles are to the left of the blue square`."""
    subject, other = find_want(relation.subject, scene), find_want(relation.object, scene)
    return f"{_name_definite(subject)} {relation_phrase(relation.kind)} the {_count(other)}{name_want(other)}"


def phrase_place(want: Want, place: str) -> str:
    """Return a sentence such as `the two houses are on the left side`."""
    return f"{_name_definite(want)} {place_phrase(place)}"


def _name_definite(want: Want) -> str:
    return f"the {_count(want)}{name_want(want)} {'are' if is_plural(want) else 'is'}"


def _count(want: Want) -> str:
    return f"{number_word(want.count)} " if want.count not in (None, 1) else ""


def find_want(key: tuple[str, str | None], scene: Scene) -> Want:
    """Return the scene's want with this key, or a new one."""
    return next((want for want in scene.present if want.key == key), Want(thing=key[0], colour=key[1]))


def is_plural(want: Want) -> bool:
    """Return whether the want's name is a plural."""
    return want.count not in (None, 1) or (things()[want.thing].is_plural and want.count != 1)


def phrase_scene(scene: Scene, without: Collection[tuple[str, str | None]] = ()) -> list[str]:
    """Return a phrase for each want, then a sentence for each relation. Drift ice and the sea share a phrase.

    `without`: keys of wants to leave out.
    """
    wants = [want for want in scene.present if want.key not in without]
    present = {want.thing for want in wants}
    phrases = []
    for want in wants:
        if want.thing == "ice" and "sea" in present:
            phrases.append(f"{phrase_want(want)} on the sea")
        elif not (want.thing == "sea" and "ice" in present and want.colour is None):
            phrases.append(phrase_want(want))
    return phrases + [phrase_relation(relation, scene) for relation in scene.relations]


def _indefinite_article(name: str) -> str:
    return "an" if name[:1].lower() in "aeiou" else "a"
