"""The parser: a text in one of the stand-in's languages becomes a scene.

It matches patterns of known words and has no grammar. It understands short captions, such as "three red circles left of a
house, no people", and skips unknown words.
"""

from bisect import bisect
from dataclasses import replace

from standin.scenes.language.detect_language import detect_language
from standin.scenes.language.parse_spaced import parse_spaced
from standin.scenes.language.parse_unspaced import parse_unspaced
from standin.scenes.language.scene import Relation, Scene, Want, merge_wants
from standin.scenes.language.subject import is_subject_known
from standin.scenes.language.tokenizer import Token, tokenize
from standin.scenes.language.vocabulary import LANGUAGES, UNSPACED, things

_PLACED_GROUPS = frozenset({"shape", "object", "sign", "far"})
_PLACED_SKY = frozenset({"moon", "full moon", "crescent moon", "sun"})


def parse_scene(text: str, language: str | None = None) -> Scene:
    """Parse a text. `language`: default is the detected one. In an unknown language the scene is empty."""
    language = language or detect_language(text)
    if language not in LANGUAGES:
        return Scene(language=language)
    tokens = tokenize(text, language)
    parse = parse_unspaced if language in UNSPACED else parse_spaced
    wants, relations = parse(text, tokens, language)
    _add_lettering(tokens, wants)
    _add_emphasis(tokens, wants)
    cleaned = [_clean(want) for want, _ in wants]
    known = {want.key for want in cleaned if not want.is_absent}
    kept = dict.fromkeys(
        Relation(_clean(subject).key, kind, _clean(other).key)
        for subject, kind, other in relations
        if _can_fail(subject.thing, kind, other.thing)
    )
    return Scene(
        wants=merge_wants(cleaned),
        relations=tuple(relation for relation in kept if {relation.subject, relation.object} <= known),
        is_subject_known=language != "en" or is_subject_known(text, tokens),
        language=language,
    )


def _add_lettering(tokens: list[Token], wants: list[tuple[Want, int]]) -> None:
    for token in tokens:
        if token.kind == "lettering":
            signs = [index for index, (want, _) in enumerate(wants) if want.thing == "sign" and not want.is_absent]
            if signs:
                want, start = wants[signs[0]]
                wants[signs[0]] = (replace(want, lettering=token.value), start)
            else:
                wants.append((Want(thing="sign", lettering=token.value), token.start))


def _add_emphasis(tokens: list[Token], wants: list[tuple[Want, int]]) -> None:
    # Strong words apply to their whole clause.
    pauses = [token.start for token in tokens if token.kind in ("stop", "comma")]
    clauses = {bisect(pauses, token.start) for token in tokens if token.kind == "plain"}
    for index, (want, start) in enumerate(wants):
        if bisect(pauses, start) in clauses:
            wants[index] = (replace(want, is_emphasized=True), start)


def _clean(want: Want) -> Want:
    """Drop attributes that are always true (a white moon) or cannot be checked (three skies)."""
    thing = things()[want.thing]
    if thing.name == "stars" and (want.count or (want.colour and want.colour not in thing.own_colours)):
        # "stars" with a count or a colour are shapes, not stars in the sky.
        return replace(want, thing="star")
    is_placed = thing.group in _PLACED_GROUPS or thing.name in _PLACED_SKY
    return replace(
        want,
        colour=None if want.colour in thing.own_colours else want.colour,
        count=want.count if thing.is_countable else None,
        place=want.place if is_placed and not (thing.group == "sky" and want.place == "above") else None,
    )


def _can_fail(subject: str, kind: str, other: str) -> bool:
    """Return whether the relation can be false. The moon is above the sea in every picture."""
    first, second = things()[subject], things()[other]
    are_placed = all(thing.group in _PLACED_GROUPS or thing.name in _PLACED_SKY for thing in (first, second))
    is_vertical = kind in ("above", "below")
    return are_placed and not (is_vertical and (first.group == "sky") != (second.group == "sky"))
