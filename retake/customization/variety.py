"""Warn of a set with too little variety. Near-duplicates are found by their perceptual hashes."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from retake.customization.check import Picture

MAX_BITS = 6
"""Two pictures whose hashes differ in at most this many of 64 bits look alike. Unrelated pictures differ in about 32."""
_SHARE = 0.2
"""The share of near-duplicates from which a set has too little variety. A judgement: AWS gives no figure."""
_CHUNK = 512
_MAX_NAMED = 5


def near_duplicates(pictures: Sequence[Picture]) -> list[tuple[Picture, Picture]]:
    """Return each picture that looks like an earlier one, with the first such one."""
    hashes = np.array([picture.fingerprint for picture in pictures], dtype=np.uint64)
    pairs = []
    for start in range(0, len(hashes), _CHUNK):
        rows = hashes[start : start + _CHUNK]
        is_near = np.bitwise_count(rows[:, None] ^ hashes[None, : start + len(rows)]) <= MAX_BITS
        firsts = is_near.argmax(axis=1)
        pairs += [
            (pictures[start + row], pictures[first]) for row, first in enumerate(firsts.tolist()) if first < start + row
        ]
    return pairs


def variety_warnings(pictures: Sequence[Picture]) -> Iterator[str]:
    """Yield the warnings about near-duplicates and repeated captions."""
    pairs = near_duplicates(pictures)
    if pairs:
        shown = "; ".join(f"{one.candidate.name} is like {other.candidate.name}" for one, other in pairs[:_MAX_NAMED])
        more = f"; and {len(pairs) - _MAX_NAMED} more" if len(pairs) > _MAX_NAMED else ""
        yield f"{len(pairs)} of {len(pictures)} pictures nearly repeat another: {shown}{more}"
        if len(pairs) >= _SHARE * len(pictures):
            yield (
                "too little variety: the model will learn these pictures by heart; add other backgrounds, light, distances "
                "and angles, or remove the repetitions"
            )
    if len(pictures) < 2:
        return
    caption, count = Counter(picture.candidate.caption for picture in pictures).most_common(1)[0]
    if count > len(pictures) / 2:
        yield f"{count} of {len(pictures)} captions are the same ({caption[:60]!r}); say what differs between the pictures"
