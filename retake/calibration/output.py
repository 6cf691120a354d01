"""The output of a calibration: the table, the notes and the exit code."""

from collections.abc import Iterator
from typing import Any

from retake.view import exit_codes

_HEADER = ("kind", "checks", "met", "precision", "recall", "agreement", "unsure", "cannot tell")
_NUMBERS = ("checks", "met", "unsure")
_STOPPED = {
    "ceiling": "stopped: the next verdict could pass --max-cost-usd",
    "interrupted": "stopped: interrupted",
    "fault": "stopped: the judge cannot be called",
}


def format_table(record: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each kind, one for all kinds, then the counts and the cost."""
    rows = [
        _HEADER,
        *(_row(kind, measure) for kind, measure in record["kinds"].items()),
        _row("all", record["overall"]),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    for row in rows:
        cells = [
            cell.rjust(width) if _HEADER[column] in _NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
    pictures = record["pictures"]
    yield ""
    yield (
        f"{pictures['judged']} of {pictures['given']} pictures judged, {pictures['failed']} failed; {record['checks']} "
        f"checks; {record['calls']} calls of {record['model_id']}: ${record['cost_usd']:.4f}"
    )
    if record["bedrock"] == "local":
        yield "measured with the stand-in's judge; to measure Claude, use --bedrock aws"


def format_notes(record: dict[str, Any]) -> Iterator[str]:
    """Yield notes for standard error: failed pictures, disagreements, and why the calibration stopped."""
    for failure in record["failures"]:
        yield f"not judged: {failure['image']}: {failure['error']}"
    if record["disagreements"]:
        yield f"{len(record['disagreements'])} checks differ from their labels; --json lists them as `disagreements`"
    if record["stopped"]:
        pictures = record["pictures"]
        skipped = pictures["given"] - pictures["judged"] - pictures["failed"]
        yield f"{_STOPPED[record['stopped']]}; {skipped} pictures were not judged"


def exit_code(record: dict[str, Any]) -> int:
    """Return the exit code. It is a fault if the judge failed on every picture, but not if it failed on some."""
    if record["stopped"]:
        codes = {"ceiling": exit_codes.NOT_ACCEPTED, "interrupted": exit_codes.INTERRUPTED, "fault": exit_codes.FAULT}
        return codes[record["stopped"]]
    return exit_codes.ACCEPTED if record["pictures"]["judged"] else exit_codes.FAULT


def _row(kind: str, measure: dict[str, Any]) -> tuple[str, ...]:
    shares = (_share(measure[name]) for name in ("precision", "recall", "agreement"))
    counts = str(measure["checks"]), str(measure["labelled_met"])
    return kind, *counts, *shares, str(measure["uncertain"]), _share(measure["cannot_tell"])


def _share(share: dict[str, float] | None) -> str:
    return "-" if share is None else f"{share['value']:.3f} ({share['low']:.3f}–{share['high']:.3f})"
