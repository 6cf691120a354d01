"""Reading of languages without spaces between words: Japanese and Chinese.

There the place stands before the thing ("右側に雪山", on the right a mountain), and a thing that another stands by is
named before it ("海の上に満月", above the sea a full moon).
"""

import re
from dataclasses import replace

from standin.scenes.language.marks import Mark
from standin.scenes.language.reading_spaced import Found, Relations
from standin.scenes.language.scene import Wanted

_RELATION_OF_PLACE = {"left": "left of", "right": "right of", "above": "above", "below": "below"}
_LIST_GAP = re.compile(r"[とやも・]*")
_SUBJECT_GAP = re.compile(r"[がはを]?|在")


def read_unspaced(text: str, marks: list[Mark], language: str) -> tuple[Found, Relations]:
    """Wants in order of naming, and the relations between them."""
    found: Found = []
    relations: Relations = []
    ends: list[int] = []
    number = colour = place = None
    prefix: tuple[str, int] | None = None
    is_negating = False
    for index, mark in enumerate(marks):
        next_mark = marks[index + 1] if index + 1 < len(marks) else None
        gap = text[ends[-1] : mark.start] if ends else text[: mark.start]
        if mark.kind == "thing":
            want = Wanted(thing=mark.value, count=number, colour=colour, place=place, is_absent=is_negating)
            found.append((want, mark.start))
            ends.append(mark.end)
            number = colour = place = None
            if prefix is not None:
                kind, other = prefix
                relations.append((want, kind, found[other][0]))
                prefix = None
        elif mark.kind == "colour":
            colour = mark.value
        elif mark.kind == "number":
            if found and gap in ("が", "を", "は", "") and not text.startswith("の", mark.end):
                found[-1] = (replace(found[-1][0], count=int(mark.value)), found[-1][1])
            else:
                number = int(mark.value)
        elif mark.kind == "place":
            prefix, place = _read_place(text, mark, marks[index + 1 :], found, relations, gap, place, prefix)
        elif mark.kind == "negation" and language == "ja":
            _negate_backwards(text, found, ends, gap)
        elif mark.kind == "negation":
            is_negating = True
        elif mark.kind == "stop" or (mark.kind == "comma" and mark.value != "、"):
            number = colour = place = prefix = None
            is_negating = False
        elif mark.kind == "comma" and next_mark is not None and next_mark.kind != "thing":
            is_negating = False
    return found, relations


def _read_place(
    text: str,
    mark: Mark,
    later: list[Mark],
    found: Found,
    relations: Relations,
    gap: str,
    place: str | None,
    prefix: tuple[str, int] | None,
) -> tuple[tuple[str, int] | None, str | None]:
    """The relation or place that waits for its thing after this mark."""
    has_thing_next = any(
        one.kind == "thing" for one in later[: next((i for i, m in enumerate(later) if m.kind == "stop"), len(later))]
    )
    kind = _RELATION_OF_PLACE.get(mark.value)
    if found and kind and gap in ("の", "的", ""):
        other = len(found) - 1
        # "赤い丸は青い四角の左にある", "红圆在蓝方块的左边": the thing before is what stands there.
        before = text[found[-2][1] : found[-1][1]] if len(found) > 1 else ""
        if re.search(r"[はが]|在", before):
            relations.append((found[-2][0], kind, found[-1][0]))
            return prefix, place
        return (kind, other), place
    if found and not has_thing_next and _SUBJECT_GAP.fullmatch(gap) and found[-1][0].place is None:
        found[-1] = (replace(found[-1][0], place=mark.value), found[-1][1])
        return prefix, place
    if mark.value in ("above", "below"):
        # A bare 上 or 下 is part of too many words to be taken for a place.
        return prefix, place
    return prefix, mark.value


def _negate_backwards(text: str, found: Found, ends: list[int], gap: str) -> None:
    """Rules out the thing before a Japanese negation, and those listed with it: 人や車のない."""
    if not found or len(gap) > 2:
        return
    index = len(found) - 1
    while index >= 0:
        want, start = found[index]
        found[index] = (replace(want, is_absent=True), start)
        if index == 0 or not _LIST_GAP.fullmatch(text[ends[index - 1] : start]) or ends[index - 1] == start:
            return
        index -= 1
