"""A calibration for people: a table on standard output, and what went wrong beside it."""

from collections.abc import Iterator
from typing import Any

from retake.view import exit_codes

_HEAD = ("kind", "checks", "met", "precision", "recall", "agreement")
_STOPPED = {
    "ceiling": "stopped: the next verdict could pass --max-cost-usd",
    "interrupted": "stopped: interrupted",
    "fault": "stopped: the judge cannot be asked",
}


def table(found: dict[str, Any]) -> Iterator[str]:
    """One line a kind, one for all of them, then what it took."""
    rows = [_HEAD, *(_row(kind, measure) for kind, measure in found["kinds"].items()), _row("all", found["overall"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        cells = [
            cell.rjust(width) if column in (1, 2) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
    pictures = found["pictures"]
    yield ""
    yield (
        f"{pictures['judged']} of {pictures['given']} pictures judged, {pictures['failed']} failed; {found['checks']} "
        f"checks; {found['calls']} calls of {found['model_id']}: ${found['cost_usd']:.4f}"
    )
    if found["bedrock"] == "local":
        yield "measured by the stand-in's judge on this machine, which says nothing about Claude (--bedrock aws does)"


def beside(found: dict[str, Any]) -> Iterator[str]:
    """What a person should look at."""
    for failure in found["failures"]:
        yield f"not judged: {failure['image']}: {failure['error']}"
    if found["disagreements"]:
        yield f"{len(found['disagreements'])} checks differ from their labels; --json lists them as `disagreements`"
    if found["stopped"]:
        pictures = found["pictures"]
        left = pictures["given"] - pictures["judged"] - pictures["failed"]
        yield f"{_STOPPED[found['stopped']]}; {left} pictures were not judged"


def exit_code(found: dict[str, Any]) -> int:
    """How the command ends. A judge that failed on every picture is a fault, on some of them a finding."""
    if found["stopped"]:
        codes = {"ceiling": exit_codes.NOT_ACCEPTED, "interrupted": exit_codes.INTERRUPTED, "fault": exit_codes.FAULT}
        return codes[found["stopped"]]
    return exit_codes.ACCEPTED if found["pictures"]["judged"] else exit_codes.FAULT


def _row(kind: str, measure: dict[str, Any]) -> tuple[str, ...]:
    shares = (_share(measure[name]) for name in ("precision", "recall", "agreement"))
    return kind, str(measure["checks"]), str(measure["labelled_met"]), *shares


def _share(share: dict[str, float] | None) -> str:
    return "-" if share is None else f"{share['value']:.3f} ({share['low']:.3f}–{share['high']:.3f})"
