"""Replace the relative links of a sheet, so that a copy of it on this machine shows what is in S3."""

import re
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser
from posixpath import normpath
from urllib.parse import unquote, urlsplit

_LINK = re.compile(r"""(\s(?:src|href)\s*=\s*)("[^"]*"|'[^']*')""")


def replace_links(page: str, key: str, replace: Callable[[str], str | None]) -> str:
    """Return the page with other addresses in the `src` and `href` of its tags.

    key: the page's own key, to which its links are relative.
    replace: returns the new address of a key, or None to keep the link. Absolute addresses, links inside the page and
        links that lead above the bucket's root are kept, and so are texts, scripts and comments.
    """
    finder = _TagFinder()
    finder.feed(page)
    finder.close()
    lines = [0]
    for line in page.split("\n"):
        lines.append(lines[-1] + len(line) + 1)
    parts, end = [], 0
    for (line_number, column), tag in finder.tags:
        start = lines[line_number - 1] + column
        parts.append(page[end:start])
        parts.append(_LINK.sub(lambda found: _replace(found, key, replace), tag))
        end = start + len(tag)
    return "".join([*parts, page[end:]])


class _TagFinder(HTMLParser):
    """Finds the start tags that have links, with their places."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[tuple[int, int], str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text = self.get_starttag_text()
        if text and any(name in ("src", "href") for name, _ in attrs):
            self.tags.append((self.getpos(), text))


def _replace(found: re.Match[str], key: str, replace: Callable[[str], str | None]) -> str:
    link = unescape(found[2][1:-1])
    target = resolve(link, key)
    address = replace(target) if target else None
    return f'{found[1]}"{escape(address)}"' if address else found[0]


def resolve(link: str, key: str) -> str | None:
    """Return the key that a relative link in the page at `key` leads to, or None if it leads elsewhere."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return None
    target = normpath(f"{key.rpartition('/')[0]}/{unquote(parts.path)}").lstrip("/")
    return None if target.split("/")[0] == ".." else target
