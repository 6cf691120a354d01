"""Checks of a proof sheet: whatever its texts say, it holds nothing that acts and nothing from elsewhere."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import lambdas.core.report

_TEMPLATES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (Path(lambdas.core.report.__file__).parent / "templates").glob("*.html")
)
_TAGS = set(re.findall(r"<([a-z][a-z0-9]*)", _TEMPLATES))
_ATTRIBUTES = {name.lower() for name in re.findall(r'[\s}]([a-zA-Z-]+)="', _TEMPLATES)}
_VOID = ("meta", "link", "img", "br")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ONCE = ("html", "head", "title", "style", "body", "main", "h1", "link")
_PICTURE = re.compile(r"data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/=]+")
_LINK = re.compile(r"(r\d\d/)?(a\d\d/)?[a-z]+(-\d+)?\.(json|png|jpg)")
_STYLE = re.compile(r"--[a-z-]+: [\d.]+")


@dataclass
class ParsedPage(HTMLParser):
    """A page's tags and text."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""
    comments: list[str] = field(default_factory=list)
    open: list[tuple[str, bool]] = field(default_factory=list)
    """The open elements, and whether each isolates the writing direction of its text."""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append((tag, "dir" in dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop()[0] == tag, f"{tag} is closed where it is not open"

    def handle_data(self, data: str) -> None:
        self.text += data
        assert not _DIRECTIONS.search(data) or any(isolates for _, isolates in self.open), (
            "a text may reverse the rest of the page"
        )

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        assert decl == "doctype html"

    def handle_pi(self, data: str) -> None:
        self.comments.append(data)

    @property
    def structure(self) -> list[tuple[str, tuple[str, ...]]]:
        """The tags and their attributes' names, in order. Only the templates decide them."""
        return [(tag, tuple(attributes)) for tag, attributes in self.tags]


def check_page(page: bytes) -> ParsedPage:
    """Return the page, once it is known to hold nothing that acts and nothing from elsewhere."""
    found = ParsedPage()
    found.feed(page.decode("utf-8"))
    found.close()
    names = [tag for tag, _ in found.tags]
    assert set(names) <= _TAGS, f"tags that no template has: {set(names) - _TAGS}"
    assert found.comments == [], "a comment"
    for once in _ONCE:
        assert names.count(once) == 1, f"{names.count(once)} times {once}"
    assert "script" not in names and "iframe" not in names and "base" not in names
    for tag, attributes in found.tags:
        _check_attributes(tag, attributes)
    return found


def _check_attributes(tag: str, attributes: dict[str, str | None]) -> None:
    assert set(attributes) <= _ATTRIBUTES, f"attributes that no template has: {set(attributes) - _ATTRIBUTES}"
    assert not any(name.startswith("on") for name in attributes), "an event handler"
    for name in ("src", "href", "style"):
        value = attributes.get(name)
        if value is None or (tag, value) == ("link", "data:,"):
            continue
        allowed = {"src": _PICTURE, "href": _LINK, "style": _STYLE}[name]
        assert allowed.fullmatch(value), f"{name} of {tag} is {value[:80]!r}"
    assert attributes.get("http-equiv") in (None, "Content-Security-Policy"), "a meta that acts"
