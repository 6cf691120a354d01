"""Render the page from the templates and the sheet, as UTF-8."""

from typing import Any

from lambdas.core.report.album import TIME_LIMIT_S, collect_pictures
from lambdas.core.report.environment import render
from lambdas.core.report.sheet import build_sheet
from lambdas.core.run.history import History


def render_report(history: History, result: dict[str, Any], time_limit_s: float = TIME_LIMIT_S) -> bytes:
    """Return report.html, a self-contained page below 10 MB. It links to the originals by relative paths.

    time_limit_s: the time for reading the pictures. The page says how many are left out.

    Raises:
        RecordError: S3 failed (retried by the state machine).
    """
    sheet = build_sheet(history, result, collect_pictures(history, time_limit_s))
    return render("report.html", styles=("page.css", "film.css"), sheet=sheet)
