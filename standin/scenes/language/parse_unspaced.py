"""The parser for languages without spaces between words: Japanese and Chinese.

A place comes before its thing ("右側に雪山", on the right a mountain). The object of a relation comes before its subject
("海の上に満月", above the sea a full moon).
"""

import re
from dataclasses import replace

from standin.scenes.language.parse_spaced import Found, Relations
from standin.scenes.language.scene import Want
from standin.scenes.language.tokenizer import Token

_RELATION_OF_PLACE = {"left": "left of", "right": "right of", "above": "above", "below": "below"}
_LIST_GAP = re.compile(r"[とやも・]*")
_SUBJECT_GAP = re.compile(r"[がはを]?|在")


def parse_unspaced(text: str, tokens: list[Token], language: str) -> tuple[Found, Relations]:
    """Return the wants in the order of the text, and the relations between them."""
    found: Found = []
    relations: Relations = []
    ends: list[int] = []
    number = colour = place = None
    prefix: tuple[str, int] | None = None
    is_negating = False
    for index, token in enumerate(tokens):
        next_token = tokens[index + 1] if index + 1 < len(tokens) else None
        gap = text[ends[-1] : token.start] if ends else text[: token.start]
        if token.kind == "thing":
            want = Want(thing=token.value, count=number, colour=colour, place=place, is_absent=is_negating)
            found.append((want, token.start))
            ends.append(token.end)
            number = colour = place = None
            if prefix is not None:
                kind, other = prefix
                relations.append((want, kind, found[other][0]))
                prefix = None
        elif token.kind == "colour":
            colour = token.value
        elif token.kind == "number":
            if found and gap in ("が", "を", "は", "") and not text.startswith("の", token.end):
                found[-1] = (replace(found[-1][0], count=int(token.value)), found[-1][1])
            else:
                number = int(token.value)
        elif token.kind == "place":
            prefix, place = _parse_place(text, token, tokens[index + 1 :], found, relations, gap, place, prefix)
        elif token.kind == "negation" and language == "ja":
            _negate_backwards(text, found, ends, gap)
        elif token.kind == "negation":
            is_negating = True
        elif token.kind == "stop" or (token.kind == "comma" and token.value != "、"):
            number = colour = place = prefix = None
            is_negating = False
        elif token.kind == "comma" and next_token is not None and next_token.kind != "thing":
            is_negating = False
    return found, relations


def _parse_place(
    text: str,
    token: Token,
    later: list[Token],
    found: Found,
    relations: Relations,
    gap: str,
    place: str | None,
    prefix: tuple[str, int] | None,
) -> tuple[tuple[str, int] | None, str | None]:
    """Return the relation and the place that apply to the next thing."""
    has_thing_next = any(
        one.kind == "thing" for one in later[: next((i for i, m in enumerate(later) if m.kind == "stop"), len(later))]
    )
    kind = _RELATION_OF_PLACE.get(token.value)
    if found and kind and gap in ("の", "的", ""):
        other = len(found) - 1
        # "赤い丸は青い四角の左にある", "红圆在蓝方块的左边": the thing before is the subject.
        before = text[found[-2][1] : found[-1][1]] if len(found) > 1 else ""
        if re.search(r"[はが]|在", before):
            relations.append((found[-2][0], kind, found[-1][0]))
            return prefix, place
        return (kind, other), place
    if found and not has_thing_next and _SUBJECT_GAP.fullmatch(gap) and found[-1][0].place is None:
        found[-1] = (replace(found[-1][0], place=token.value), found[-1][1])
        return prefix, place
    if token.value in ("above", "below"):
        # 上 or 下 alone is part of too many words to be a place.
        return prefix, place
    return prefix, token.value


def _negate_backwards(text: str, found: Found, ends: list[int], gap: str) -> None:
    """Exclude the thing before a Japanese negation, and the things listed with it: 人や車のない."""
    if not found or len(gap) > 2:
        return
    index = len(found) - 1
    while index >= 0:
        want, start = found[index]
        found[index] = (replace(want, is_absent=True), start)
        if index == 0 or not _LIST_GAP.fullmatch(text[ends[index - 1] : start]) or ends[index - 1] == start:
            return
        index -= 1
