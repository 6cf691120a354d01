"""Text that a user or a model wrote, as the page shows it: whole where it can be, folded where it is long."""

import re
from dataclasses import dataclass

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_LONG_CHARS = 420
_LONG_LINES = 9
_OPENING_CHARS = 220
_OPENING_LINES = 4


@dataclass(frozen=True)
class Passage:
    """One text. It goes through the template's escaping like every other value."""

    text: str
    language: str = ""
    """A BCP 47 tag; empty when it is not known."""
    omitted_chars: int = 0
    """How many characters the page does not show."""

    @property
    def is_long(self) -> bool:
        """Whether it is folded."""
        return len(self.text) > _LONG_CHARS or self.text.count("\n") >= _LONG_LINES

    @property
    def opening(self) -> str:
        """What is seen of a folded text."""
        lines = "\n".join(self.text[:_OPENING_CHARS].split("\n")[:_OPENING_LINES])
        return f"{lines.rstrip()}…"

    @property
    def total_chars(self) -> int:
        """The length of the whole text."""
        return len(self.text) + self.omitted_chars


def build_passage(text: str, language: str = "", max_chars: int | None = None) -> Passage:
    """The text, or its first `max_chars` characters. A tag that is none, and "und", count as not known."""
    known = language if _LANGUAGE.fullmatch(language) and language != "und" else ""
    shown = text if max_chars is None else text[:max_chars]
    return Passage(shown, known, len(text) - len(shown))


def clip(text: str, max_chars: int) -> str:
    """The text on one line, cut where it is too long for a caption."""
    line = " ".join(text.split())
    return line if len(line) <= max_chars else f"{line[: max_chars - 1].rstrip()}…"
