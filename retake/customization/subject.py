"""Warn of captions that name a subject without its class. AWS's guidance is to write "Ron the dog", not "Ron"."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

_MIN_CAPTIONS = 3
_SHARE = 0.5
"""A name that stands in at least this share of the captions is the subject of the set."""
_NAME = re.compile(r"\b[A-Z][a-z]+\b")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+)[\"'“]?$")


def subject_warnings(captions: Sequence[str], subject: str | None) -> Iterator[str]:
    """Yield a warning for each name whose class is missing in some captions.

    subject: the subject as a caption should name it ("Ron the dog"). Without it, a capitalised word inside of sentences that
        many captions have counts as a name.
    """
    if subject is not None:
        name, _, kind = subject.partition(" the ")
        names = [(name.strip(), kind.strip())]
    else:
        names = [(name, "") for name in _find_names(captions)]
    for name, kind in names:
        naming = [caption for caption in captions if re.search(rf"\b{re.escape(name)}\b", caption)]
        bare = [caption for caption in naming if not _has_class(caption, name, kind)]
        if subject is not None and not naming:
            yield f"no caption names {name!r}; write {subject!r} in each that shows it"
        elif bare:
            yield (
                f"{len(bare)} of {len(naming)} captions name {name!r} but not its class, such as {bare[0][:60]!r}; write "
                f"'{name} the {kind or 'dog'}', with its own class, so that the model learns what {name!r} is"
            )


def _has_class(caption: str, name: str, kind: str) -> bool:
    if kind:
        return re.search(rf"\b{re.escape(kind)}\b", caption, re.IGNORECASE) is not None
    escaped = re.escape(name)
    return re.search(rf"\b{escaped},? (?:the|a|an) \w+|\w+ (?:named|called) {escaped}\b", caption) is not None


def _find_names(captions: Sequence[str]) -> list[str]:
    if len(captions) < _MIN_CAPTIONS:
        return []
    inside: Counter[str] = Counter()
    anywhere: Counter[str] = Counter()
    for caption in captions:
        found = list(_NAME.finditer(caption))
        inside.update({word[0] for word in found if not _SENTENCE_START.search(caption[: word.start()])})
        # "A" and "The" begin sentences, but never stand inside of one with a capital.
        anywhere.update({word[0] for word in found})
    least = max(_MIN_CAPTIONS, _SHARE * len(captions))
    return [name for name in sorted(inside) if anywhere[name] >= least and inside[name] >= 1]
