"""The templates of both sheets, and how they are rendered: everything is escaped except our own style sheets and script."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lambdas.core.report import amounts
from lambdas.core.runtime.quoting import format_count

_TEMPLATES = Path(__file__).parent / "templates"


def render(
    template: str, *, styles: Sequence[str], image_sources: str = "", script_source: str = "", **content: Any
) -> bytes:
    """Return the page in UTF-8.

    styles: the files of its style sheet, which the template gets as `css`.
    image_sources, script_source: the sources that its Content Security Policy allows, in addition to pictures in the page.
    """
    pieces = (
        _environment()
        .get_template(template)
        .generate(
            css=_trusted("\n".join(map(read_file, styles))),
            image_sources=image_sources,
            script_source=script_source,
            **content,
        )
    )
    # JSON can contain a lone surrogate, which cannot be encoded.
    return "".join(pieces).encode("utf-8", "replace")


@cache
def read_file(name: str) -> str:
    """Return the text of a file in the folder of the templates."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def script(name: str) -> Markup:
    """Return one of our scripts for a template. Like style sheets, browsers do not read scripts as HTML."""
    return _trusted(read_file(name))


def _trusted(text: str) -> Markup:
    return Markup(text)  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        usd=amounts.format_usd,
        ceiling=amounts.format_ceiling,
        duration=amounts.format_duration,
        plural=format_count,
        cost_name=amounts.format_cost_name,
        moment=amounts.format_moment,
        sentence=amounts.format_sentence,
    )
    return environment
