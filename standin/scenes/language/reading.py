"""Reads a text in one of the stand-in's languages into a scene.

It is pattern matching over the vocabulary, not grammar: it understands short captions ("three red circles left of a
house, no people") and the like, and passes over every word it does not know.
"""

from bisect import bisect
from dataclasses import replace

from standin.scenes.language.marks import Mark, marks_of
from standin.scenes.language.opening import opens_with_known_thing
from standin.scenes.language.reading_spaced import read_spaced
from standin.scenes.language.reading_unspaced import read_unspaced
from standin.scenes.language.scene import Relation, Scene, Wanted, merged
from standin.scenes.language.tongue import language_of
from standin.scenes.language.vocabulary import LANGUAGES, UNSPACED, things

_PLACED_GROUPS = frozenset({"shape", "object", "sign", "far"})
_PLACED_SKY = frozenset({"moon", "full moon", "crescent moon", "sun"})


def read(text: str, language: str | None = None) -> Scene:
    """The scene a text asks for; `language` is found out when not given. Empty in a language that is not known."""
    language = language or language_of(text)
    if language not in LANGUAGES:
        return Scene(language=language)
    marks = marks_of(text, language)
    reader = read_unspaced if language in UNSPACED else read_spaced
    wants, relations = reader(text, marks, language)
    _add_lettering(marks, wants)
    _mark_plain(marks, wants)
    tidy = [_tidied(want) for want, _ in wants]
    known = {want.key for want in tidy if not want.is_absent}
    kept = dict.fromkeys(
        Relation(_tidied(subject).key, kind, _tidied(other).key)
        for subject, kind, other in relations
        if _tells_something(subject.thing, kind, other.thing)
    )
    return Scene(
        wants=merged(tidy),
        relations=tuple(relation for relation in kept if {relation.subject, relation.object} <= known),
        starts_known=language != "en" or opens_with_known_thing(text, marks),
        language=language,
    )


def _add_lettering(marks: list[Mark], wants: list[tuple[Wanted, int]]) -> None:
    for mark in marks:
        if mark.kind == "lettering":
            signs = [index for index, (want, _) in enumerate(wants) if want.thing == "sign" and not want.is_absent]
            if signs:
                want, start = wants[signs[0]]
                wants[signs[0]] = (replace(want, lettering=mark.value), start)
            else:
                wants.append((Wanted(thing="sign", lettering=mark.value), mark.start))


def _mark_plain(marks: list[Mark], wants: list[tuple[Wanted, int]]) -> None:
    # Strong words speak for the whole clause they stand in.
    pauses = [mark.start for mark in marks if mark.kind in ("stop", "comma")]
    clauses = {bisect(pauses, mark.start) for mark in marks if mark.kind == "plain"}
    for index, (want, start) in enumerate(wants):
        if bisect(pauses, start) in clauses:
            wants[index] = (replace(want, is_plain=True), start)


def _tidied(want: Wanted) -> Wanted:
    """Without what says nothing (a white moon) or cannot be checked (three skies)."""
    thing = things()[want.thing]
    if thing.name == "stars" and (want.count or (want.colour and want.colour not in thing.own_colours)):
        # "stars" with a number or a colour are drawn shapes, not the night sky's.
        return replace(want, thing="star")
    is_placed = thing.group in _PLACED_GROUPS or thing.name in _PLACED_SKY
    return replace(
        want,
        colour=None if want.colour in thing.own_colours else want.colour,
        count=want.count if thing.is_countable else None,
        place=want.place if is_placed and not (thing.group == "sky" and want.place == "above") else None,
    )


def _tells_something(subject: str, kind: str, other: str) -> bool:
    """Whether a relation could fail to hold: the moon is above the sea in any picture."""
    first, second = things()[subject], things()[other]
    placed = all(thing.group in _PLACED_GROUPS or thing.name in _PLACED_SKY for thing in (first, second))
    upright = kind in ("above", "below")
    return placed and not (upright and (first.group == "sky") != (second.group == "sky"))
