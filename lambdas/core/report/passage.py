"""Text that a user or a model wrote, as the page shows it. Long text is folded."""

import re
from dataclasses import dataclass

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_FOLD_CHARS = 420
_FOLD_LINES = 9
_OPENING_LINES = 4


@dataclass(frozen=True)
class Passage:
    """One text. The template escapes it like every other value."""

    text: str
    language: str = ""
    """A BCP 47 tag; empty if the language is not known."""
    omitted_chars: int = 0
    """How many characters the page does not show."""
    fold_chars: int = _FOLD_CHARS
    """A text that is longer is folded; half as much of it stays visible."""

    @property
    def is_long(self) -> bool:
        """Whether the page folds the text."""
        return len(self.text) > self.fold_chars or self.text.count("\n") >= _FOLD_LINES

    @property
    def opening(self) -> str:
        """The part of a folded text that is always visible."""
        lines = "\n".join(self.text[: self.fold_chars // 2].split("\n")[:_OPENING_LINES])
        return f"{lines.rstrip()}…"

    @property
    def total_chars(self) -> int:
        """The length of the whole text."""
        return len(self.text) + self.omitted_chars


def build_passage(
    text: str, language: str = "", max_chars: int | None = None, fold_chars: int = _FOLD_CHARS
) -> Passage:
    """Return the text, cut to `max_chars` characters. An invalid tag, or "und", counts as not known."""
    known = language if _LANGUAGE.fullmatch(language) and language != "und" else ""
    shown = text if max_chars is None else text[:max_chars]
    return Passage(shown, known, len(text) - len(shown), fold_chars)


def clip(text: str, max_chars: int) -> str:
    """Return the text on one line, cut to `max_chars` characters."""
    line = " ".join(text.split())
    return line if len(line) <= max_chars else f"{line[: max_chars - 1].rstrip()}…"
