"""Removal of negations from an English prompt: an image model tends to paint the negated thing."""

import re

from standin.scenes.language.tokenizer import tokenize

_LIST_GAP = re.compile(r"[\s,]*(?:and|or|any|no|nor)?[\s,]*", re.IGNORECASE)


def remove_negations(text: str) -> str:
    """Remove phrases such as "no people" and "without cars or birds"."""
    tokens = tokenize(text, "en")
    cuts: list[tuple[int, int]] = []
    for index, token in enumerate(tokens):
        if token.kind != "negation" or (cuts and token.start < cuts[-1][1]):
            continue
        end = None
        for later in tokens[index + 1 :]:
            if later.kind in ("comma", "joiner", "negation"):
                continue
            if later.kind not in ("thing", "colour"):
                break
            if end is not None and not _LIST_GAP.fullmatch(text[end : later.start]):
                break
            end = later.end
        if end is not None:
            cuts.append((token.start, end))
    for start, end in reversed(cuts):
        text = text[:start].rstrip(" ,") + text[end:]
    text = re.sub(r"\b(?:with|and|but|or)\s*(?=[,.;]|$)", "", re.sub(r"\s+", " ", text))
    return re.sub(r"\s+([,.;])", r"\1", text).strip(" ,")
