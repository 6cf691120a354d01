"""Render the sheet of a batch."""

import base64
import hashlib
from typing import Any

from lambdas.core.report.batch_sheet import BatchSheet
from lambdas.core.report.environment import read_file, render, script
from lambdas.core.run.ending_words import engine_notice

_SCRIPT = "gallery.js"
_AT_ONCE = 24
"""Cards above this number are shown after the first paint."""


def render_batch_report(sheet: BatchSheet, summary: dict[str, Any], image_sources: str) -> bytes:
    """Return report.html of a batch. Its pictures and links are relative.

    summary: summary.json.
    image_sources: the sources from which the page may load pictures, for its Content Security Policy.
    """
    notice = engine_notice(summary)
    digest = hashlib.sha256(read_file(_SCRIPT).encode()).digest()
    return render(
        "batch.html",
        styles=("page.css", "gallery.css"),
        sheet=sheet,
        summary=summary,
        engine_notice=f"{notice[0].upper()}{notice[1:]}." if notice else None,
        image_sources=image_sources,
        at_once=_AT_ONCE,
        script=script(_SCRIPT),
        script_source=f"'sha256-{base64.b64encode(digest).decode()}'",
    )
