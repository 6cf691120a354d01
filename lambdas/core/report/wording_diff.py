"""The difference between two wordings of a prompt: by words, and by characters in scripts without spaces."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

# Thai, Lao, Burmese, Khmer; kana; Han.
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PUNCTUATION = r"!-/:-@\[-`{-~\u2010-\u2027\u3001-\u3011\uff01-\uff0f\uff1a-\uff20"
# A letter keeps its combining marks, and a word the spaces after it.
_WORD = re.compile(
    rf"\s*(?:[{_NO_SPACES}](?:(?!\w)[{_NO_SPACES}])*|[{_PUNCTUATION}]|[^\s{_NO_SPACES}{_PUNCTUATION}]+)\s*"
)
_MAX_WORDS = 3_000
# Below this, a reader sees two texts and no change: a translation, or a new prompt.
_MIN_RATIO = 0.4


@dataclass(frozen=True)
class Piece:
    """A part of the new wording, or of the old one where it was removed."""

    change: Literal["same", "removed", "added"]
    text: str


def diff_wordings(old: str, new: str) -> list[Piece]:
    """Return the pieces of both wordings, in order; empty if they are equal, have little in common, or are very long."""
    # The space keeps a removed last word apart from what follows it.
    before, after = _WORD.findall(f"{old.strip()} "), _WORD.findall(f"{new.strip()} ")
    if max(len(before), len(after)) > _MAX_WORDS:
        return []
    matcher = SequenceMatcher(None, [word.strip() for word in before], [word.strip() for word in after])
    if not _MIN_RATIO <= matcher.ratio() < 1:
        return []
    pieces: list[Piece] = []
    changes = matcher.get_opcodes()
    for (tag, before_from, before_to, after_from, after_to), following in zip_longest(changes, changes[1:]):
        removed, added = before[before_from:before_to], after[after_from:after_to]
        if tag == "equal":
            # The words that follow come from the new wording if they are added, and so does the space before them.
            last = added[-1] if following and following[0] == "insert" else removed[-1]
            pieces.append(Piece("same", "".join([*added[:-1], last])))
        else:
            pieces += [*_pieces("removed", removed), *_pieces("added", added)]
    return pieces


def _pieces(change: Literal["removed", "added"], words: list[str]) -> list[Piece]:
    # The space at the end is not marked, because a line through it looks like a line through the next word.
    text = "".join(words)
    found = [Piece(change, text.rstrip()), Piece("same", text[len(text.rstrip()) :])]
    return [piece for piece in found if piece.text]
