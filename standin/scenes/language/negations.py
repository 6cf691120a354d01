"""Takes negations out of an English prompt: an image model paints what it is told not to."""

import re

from standin.scenes.language.marks import marks_of

_LIST_GAP = re.compile(r"[\s,]*(?:and|or|any|no|nor)?[\s,]*", re.IGNORECASE)


def without_negations(text: str) -> str:
    """The text without "no people", "without cars or birds" and the like: they belong in the negative prompt."""
    marks = marks_of(text, "en")
    cuts: list[tuple[int, int]] = []
    for index, mark in enumerate(marks):
        if mark.kind != "negation" or (cuts and mark.start < cuts[-1][1]):
            continue
        end = None
        for later in marks[index + 1 :]:
            if later.kind in ("comma", "joiner", "negation"):
                continue
            if later.kind not in ("thing", "colour"):
                break
            if end is not None and not _LIST_GAP.fullmatch(text[end : later.start]):
                break
            end = later.end
        if end is not None:
            cuts.append((mark.start, end))
    for start, end in reversed(cuts):
        text = text[:start].rstrip(" ,") + text[end:]
    text = re.sub(r"\b(?:with|and|but|or)\s*(?=[,.;]|$)", "", re.sub(r"\s+", " ", text))
    return re.sub(r"\s+([,.;])", r"\1", text).strip(" ,")
