"""Render the page from the templates and the sheet, as UTF-8."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lambdas.core.report.album import TIME_LIMIT_S, collect_pictures
from lambdas.core.report.amounts import format_ceiling, format_count, format_duration, format_usd
from lambdas.core.report.sheet import build_sheet
from lambdas.core.run.history import History

_TEMPLATES = Path(__file__).parent / "templates"
_STYLES = ("page.css", "film.css")


def render_report(history: History, result: dict[str, Any], time_limit_s: float = TIME_LIMIT_S) -> bytes:
    """Return report.html, a self-contained page below 10 MB. It links to the originals by relative paths.

    time_limit_s: the time for reading the pictures. The page says how many are left out.

    Raises:
        RecordError: S3 failed (retried by the state machine).
    """
    sheet = build_sheet(history, result, collect_pictures(history, time_limit_s))
    pieces = _environment().get_template("report.html").generate(sheet=sheet)
    # JSON can contain a lone surrogate, which cannot be encoded.
    return "".join(pieces).encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(usd=format_usd, ceiling=format_ceiling, duration=format_duration, plural=format_count)
    # The style sheet is ours. It is the only text that is not escaped, because browsers do not read it as HTML.
    environment.globals["css"] = Markup(  # noqa: S704
        "\n".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in _STYLES)
    )
    return environment
