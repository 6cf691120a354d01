"""The text and the elements of a proof sheet, for tests of its words."""

from html.parser import HTMLParser
from typing import Any

from lambdas.core.report import render_report
from lambdas.core.run.history import History

Run = tuple[History, dict[str, Any]]
VOID = {"meta", "link", "img", "br", "path"}


class Page(HTMLParser):
    """The page as a reader of its source finds it: text, elements, and that every element is closed."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.body = render_report(*run)
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(self.body.decode())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """The attributes of the elements of this tag that have these words in these attributes."""
        return [
            found
            for name, found in self.elements
            if name == tag
            and all(word in (found.get(key.strip("_")) or "").split() for key, word in attributes.items())
        ]
