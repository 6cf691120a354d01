"""The parser: a text becomes a scene. Nothing in the text is dropped: what is not understood is in `Scene.unread`."""

import re
from collections import Counter
from itertools import combinations

from standin.scenes.language.detect_language import HAN_LANGUAGES, detect_language
from standin.scenes.language.part import Part, are_in_conflict
from standin.scenes.language.phrases import is_emphasis_of
from standin.scenes.language.read_english import NEGATOR, REFERENCE, TOKENIZER, EnglishSentence
from standin.scenes.language.read_japanese import (
    JAPANESE_NEGATOR,
    JAPANESE_REFERENCE,
    JAPANESE_TOKENIZER,
    JapaneseSentence,
)
from standin.scenes.language.scene import Relation, Scene, Unread, merge_wants
from standin.scenes.language.tokenizer import Token, split_sentences, unknown_words

READERS = {
    "en": (TOKENIZER, EnglishSentence, NEGATOR, REFERENCE),
    "ja": (JAPANESE_TOKENIZER, JapaneseSentence, JAPANESE_NEGATOR, JAPANESE_REFERENCE),
}
"""Of each language: its tokenizer, its reader, and the words that change what else a text says."""
_STOPS = re.compile(r"[.!?\n。！？]")
_OPPOSITES = {"left": "right", "right": "left", "above": "below", "below": "above"}
_MAX_WORDS = 6
_MAX_NOUNS = 60
"""Of more than these, the whole text is unread: each is compared with each."""


def parse_scene(text: str, language: str | None = None) -> Scene:
    """Parse a text. `language`: default is the detected one. In another language, every sentence is unread."""
    language = language or detect_language(text)
    if language not in READERS:
        sentences = (sentence.strip() for sentence in _STOPS.split(text))
        return Scene(unread=tuple(Unread(sentence) for sentence in sentences if sentence), language=language)
    tokens = READERS[language][0].tokenize(text)
    nouns = [token for token in tokens if token.kind in "tTlz"]
    if len(nouns) > _MAX_NOUNS:
        return Scene(unread=(Unread(text.strip()),), language=language)
    parts = _merge_conflicts(_read(tokens, language), nouns)
    mentions = sorted((mention for part in parts for mention in part.mentions), key=lambda mention: mention.start)
    wants = merge_wants(mention.want for mention in mentions)
    unread = [
        _unread(
            text[part.start : part.end].strip(" ,、"),
            language,
            is_emphasis=not part.is_unread and _is_revised(part, text),
        )
        for part in parts
        if part.is_unread or any(mention.want.is_emphasized for mention in part.mentions)
    ]
    if not wants and not unread and text.strip():
        unread = [_unread(text.strip(), language)]
    relations = (
        Relation(subject.want.key, kind, other.want.key) for part in parts for subject, kind, other in part.relations
    )
    return Scene(
        wants=wants,
        relations=tuple(dict.fromkeys(relations)),
        unread=tuple(unread),
        negations=tuple((part.start, part.end) for part in parts if part.is_negation and not part.is_unread),
        language=language,
    )


def _unread(text: str, language: str, *, is_emphasis: bool = False) -> Unread:
    return Unread(text, unknown_words(READERS[language][0].tokenize(text))[:_MAX_WORDS], is_emphasis)


def _is_revised(part: Part, text: str) -> bool:
    """Return whether the part's strong words have the form in which the reviser adds them."""
    return all(
        is_emphasis_of(mention.want, text[mention.start : mention.end])
        for mention in part.mentions
        if mention.want.is_emphasized
    )


def _read(text_tokens: list[Token], language: str) -> list[Part]:
    _, reader, negator, reference = READERS[language]
    found: list[Part] = []
    for tokens in split_sentences(text_tokens):
        parts = reader(tokens).read()
        if _has_open_place(parts) or any(token.text in ":：" for token in tokens):
            parts = [Part(tokens[0].start, tokens[-1].end, is_unread=True)]
        gap = " " if language == "en" else ""
        sentence = gap.join(token.text for token in tokens)
        is_unread = any(part.is_unread for part in parts)
        if is_unread and len(found) + len(parts) > 1 and reference.search(sentence):
            # "A square. No, make it a circle.": what is left of the square is unknown.
            parts, found = [Part([*found, *parts][0].start, tokens[-1].end, is_unread=True)], []
        elif is_unread and negator.search(sentence):
            # What a half understood negation excludes is unknown.
            parts = [Part(tokens[0].start, tokens[-1].end, is_unread=True)]
        found += parts
    return found


def _has_open_place(parts: list[Part]) -> bool:
    """Return whether nobody knows for which things a place is: "on the left a house, a tree", "a house, on the left, a tree"."""
    for at, part in enumerate(parts):
        is_between = part.lead.endswith(",") and at > 0 and not parts[at - 1].has_place
        if part.lead and (is_between or not all(later.has_place for later in parts[at:])):
            return True
    return False


def parse_excluded(negative_prompt: str) -> Scene:
    """Parse a negative prompt: a list of terms with commas, all of them excluded."""
    terms = filter(None, (term.strip(" .。") for term in re.split("[,、，;；\n]", negative_prompt)))
    scenes = [_parse_excluded_term(term) for term in terms]
    return Scene(
        wants=merge_wants(want for scene in scenes for want in scene.absent),
        unread=tuple(unread for scene in scenes for unread in scene.unread),
    )


def _parse_excluded_term(term: str) -> Scene:
    # "No a cat" is not English.
    term = re.sub(r"^(?:an?|the)\s+", "", term, flags=re.IGNORECASE)
    # 人 alone may be Chinese. It means the same.
    scene = parse_scene(f"{term}なし", "ja") if detect_language(term) in HAN_LANGUAGES else parse_scene(f"no {term}")
    # "People but a car", "people! A car": whether the car is excluded, nobody can tell.
    is_clear = not scene.present and not _STOPS.search(term)
    return scene if is_clear else Scene(unread=(Unread(f"not in the picture: {term}"),))


def _merge_conflicts(parts: list[Part], nouns: list[Token]) -> list[Part]:
    """Replace the parts that contradict each other by one unread part, from the first of them to the last."""
    owners = [(part, mention) for part in parts for mention in part.mentions]
    found: list[Part] = []
    for (first, one), (second, two) in combinations(owners, 2):
        if are_in_conflict(one, two):
            found += [first, second]
    for part in parts:
        if part.is_unread:
            # "A house. Remove the house.", "Two boats. Over three boats."
            named = Counter(one.value for one in nouns if part.start <= one.start < part.end)
            named -= Counter(mention.want.thing for mention in part.mentions)
            owned = [owner for owner, one in owners if one.want.thing in named and not one.want.is_emphasized]
            found += [part, *owned] if owned else []
    found += _find_crowded(parts)
    if not found:
        return parts
    whole = Part(min(part.start for part in found), max(part.end for part in found), is_unread=True)
    merged = {id(part) for part in found}
    kept = [part for part in parts if id(part) not in merged]
    # "A boat. A boat. The boat.": the third one may now be in conflict.
    return _merge_conflicts(sorted([*kept, whole], key=lambda part: part.start), nouns)


def _find_crowded(parts: list[Part]) -> list[Part]:
    """Return the parts with relations of which the painter paints only one: it gives each thing one side."""
    sides: dict[tuple[str, str | None], tuple[str, Relation, Part]] = {}
    found: list[Part] = []
    for part in parts:
        for subject, kind, other in part.relations:
            side = kind.removesuffix(" of")
            relation = Relation(subject.want.key, kind, other.want.key)
            for mention, its_side in ((subject, side), (other, _OPPOSITES[side])):
                _, earlier, owner = sides.setdefault(mention.want.key, (its_side, relation, part))
                if earlier != relation:
                    found += [owner, part]
    for part in parts:
        for mention in part.mentions:
            if mention.want.place and mention.want.key in sides:
                side, _, owner = sides[mention.want.key]
                if side != mention.want.place:
                    found += [owner, part]
    return found
