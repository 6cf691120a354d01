"""Writes wants and relations as short English phrases that the stand-in's own reading understands."""

from collections.abc import Collection

from standin.scenes.language.scene import Relation, Scene, Wanted
from standin.scenes.language.vocabulary import things

NUMBER_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
EMPHASES = ("large and clearly visible", "big and prominent", "huge and unmistakable", "large and prominent")
"""What makes a thing plain to an image model; a new one for each further wording."""
_PLACE_PHRASES = {
    "left": "on the left side",
    "right": "on the right side",
    "middle": "in the middle",
    "above": "at the top",
    "below": "at the bottom",
    "foreground": "in the foreground",
}
_RELATION_PHRASES = {"left of": "to the left of", "right of": "to the right of", "above": "above", "below": "below"}


def number_word(count: int) -> str:
    """`three` for 3; figures from 13 on."""
    return NUMBER_WORDS[count] if count < len(NUMBER_WORDS) else str(count)


def place_phrase(place: str) -> str:
    """`on the right side` for `right`."""
    return _PLACE_PHRASES[place]


def relation_phrase(kind: str) -> str:
    """`to the left of` for `left of`."""
    return _RELATION_PHRASES[kind]


def name_of(want: Wanted, *, many: bool | None = None) -> str:
    """The bare name with its colour: `red circles`, `snowy mountain`; plural when the count says so or `many` does."""
    thing = things()[want.thing]
    noun = thing.many if (is_many(want) if many is None else many) else thing.noun
    return f"{want.colour} {noun}" if want.colour else noun


def phrase_of(want: Wanted, *, emphasis: str = "", is_exact: bool = False, with_place: bool = True) -> str:
    """A phrase to ask for the thing: `three red circles on the left side`, `exactly three …` when exact."""
    thing = things()[want.thing]
    name = " ".join(part for part in (emphasis, name_of(want)) if part)
    if want.count is not None:
        exactly = "exactly " if is_exact else ""
        phrase = f"{exactly}{number_word(want.count)} {name}"
    elif not thing.article or thing.is_plural:
        phrase = name
    else:
        # "a large sea", but "the sea".
        phrase = f"{_article(name) if thing.article != 'the' else 'the'} {name}"
    if want.lettering:
        phrase += f' that says "{want.lettering}"'
    if with_place and want.place:
        phrase += f" {place_phrase(want.place)}"
    return phrase


def relation_sentence(relation: Relation, scene: Scene) -> str:
    """`the red circles are to the left of the blue square`: as many of each as the scene asks for."""
    subject, other = want_of(relation.subject, scene), want_of(relation.object, scene)
    verb = "are" if is_many(subject) else "is"
    return f"the {name_of(subject)} {verb} {relation_phrase(relation.kind)} the {name_of(other)}"


def want_of(key: tuple[str, str | None], scene: Scene) -> Wanted:
    """The scene's want of that key, or a plain one."""
    return next((want for want in scene.present if want.key == key), Wanted(thing=key[0], colour=key[1]))


def is_many(want: Wanted) -> bool:
    """Whether it is spoken of in the plural."""
    return want.count not in (None, 1) or (things()[want.thing].is_plural and want.count != 1)


def phrases_of(scene: Scene, without: Collection[tuple[str, str | None]] = ()) -> list[str]:
    """One phrase for each thing asked for, then one for each relation; drift ice and its sea share one.

    `without`: keys of things to leave out.
    """
    wants = [want for want in scene.present if want.key not in without]
    present = {want.thing for want in wants}
    phrases = []
    for want in wants:
        if want.thing == "ice" and "sea" in present:
            phrases.append(f"{phrase_of(want)} on the sea")
        elif not (want.thing == "sea" and "ice" in present and want.colour is None):
            phrases.append(phrase_of(want))
    return phrases + [relation_sentence(relation, scene) for relation in scene.relations]


def _article(name: str) -> str:
    return "an" if name[:1].lower() in "aeiou" else "a"
