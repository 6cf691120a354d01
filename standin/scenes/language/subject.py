"""The subject of an English requirement: the judge cannot tell anything about an unknown one."""

import re

from standin.scenes.language.tokenizer import Token

_FILLER = re.compile(
    r"^\W*(?:there (?:is|are)|it (?:is|shows)|show(?:s|ing)?|exactly|only|the (?:picture|image) (?:shows|has)|"
    r"(?:an? |the )?(?:[a-z-]+ )?(?:photo(?:graph)?|picture|painting|image|scene|landscape|view|illustration|drawing|"
    r"watercolou?r)\s+(?:of|with|showing))\s+",
    re.IGNORECASE,
)
_END = re.compile(
    r"[,.;:]|\b(?:on|in|at|with|under|over|above|below|beneath|near|beside|behind|by|to|from|is|are|that|which|while|"
    r"and (?:an?|the|one|two|some)|"
    r"between|against|left of|right of)\b",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"(?:an?|the)?\s*\w*\s*(?:photo|picture|scene|landscape)", re.IGNORECASE)


def is_subject_known(text: str, tokens: list[Token]) -> bool:
    """Return whether the first noun phrase names a known thing: "a red house", but not "a cat near a house"."""
    filler = _FILLER.match(text)
    start = filler.end() if filler else 0
    end = _END.search(text, start)
    stop = end.start() if end else len(text)
    phrase = text[start:stop].strip()
    if not phrase or (filler is None and _PICTURE.fullmatch(phrase)):
        return True
    return any(token.kind in ("thing", "lettering", "negation") and start <= token.start < stop for token in tokens)
