"""The rows of a batch: an item's row from the map, and the row of each line in results.jsonl.

The map's row is the output of the item's execution, so it has at most 1 KiB. Conclude batch adds the texts, which are in
the plan and in the item's result.json.
"""

import json
from collections.abc import Mapping
from typing import Any

from lambdas.core.batch.spending import Spending
from lambdas.core.run.history import Finding, finding_of
from lambdas.core.run.statuses import ERROR, REJECTED_LINE
from lambdas.core.runtime.records import REPORT

COLUMNS = (
    "item_id",
    "run_id",
    "line",
    "prompt",
    "final_prompt",
    "status",
    "score",
    "failed",
    "uncertain",
    "attempts",
    "revisions",
    "images",
    "cost_usd",
    "engine",
    "duration_s",
    "image",
    "report",
    "reason",
    "error",
    "message",
    "extra",
)
"""The fields of a row in results.jsonl.

`failed` and `uncertain` hold objects: the requirement's `id` and `text`, and what the judge `observed`. `image` and `report`
are `s3://` addresses.
"""

_ADDED = ("run_id", "line", "prompt", "final_prompt", "reason", "extra")
MAP_COLUMNS = tuple(name for name in COLUMNS if name not in _ADDED)
"""The fields of the map's row. `failed` and `uncertain` hold ids, and `image` is a name in the run's folder."""

MAX_ROW_BYTES = 1024
NO_SPENDING = Spending()

_MAX_LISTED = 5
_MESSAGE_CUTS = (300, 120, 40, 0)
_MAX_OBSERVED_CHARS = 300
_NOTHING: dict[str, Any] = {
    "score": None,
    "failed": [],
    "uncertain": [],
    "attempts": 0,
    "revisions": 0,
    "images": 0,
    "cost_usd": 0.0,
    "engine": None,
    "duration_s": 0.0,
    "image": None,
    "report": None,
}


def row_of(item_id: str, result: dict[str, Any]) -> dict[str, Any]:
    """Return the map's row of an item with this result (result.json)."""
    verdict, image = result.get("verdict") or {}, result.get("image") or {}
    found = _findings(verdict)
    report = result.get("report_s3_uri")
    row = {
        "item_id": item_id,
        "status": result["status"],
        "score": verdict.get("score"),
        "failed": [check["id"] for check in found["missed"][:_MAX_LISTED]],
        "uncertain": [check["id"] for check in found["uncertain"][:_MAX_LISTED]],
        "attempts": result["attempts"],
        "revisions": result["revisions"],
        "images": result["images"],
        "cost_usd": result["cost"]["total_usd"],
        "engine": result.get("engine"),
        "duration_s": result["duration_s"],
        "image": _relative(image.get("s3_uri"), report),
        "report": report,
        "error": result.get("error"),
        "message": result["message"],
    }
    return _cut(row)


def row_without_result(item_id: str, error: str, message: str, paid: Spending = NO_SPENDING) -> dict[str, Any]:
    """Return the map's row of an item without a result, with its cost."""
    if paid.unread:
        message = f"cost_usd lacks what could not be read ({paid.unread}). {message}"
    counts = {"attempts": paid.attempts, "revisions": paid.revisions, "images": paid.images, "cost_usd": paid.cost_usd}
    return _cut(
        {"item_id": item_id, "status": ERROR.name, **_NOTHING, **counts, "error": error, "message": message},
    )


def complete_row(row: Mapping[str, Any], event: Mapping[str, Any], result: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the row for results.jsonl.

    row: the map's row of the item.
    event: the item's event in the plan.
    result: the item's result.json; None if it cannot be read. The row then has ids instead of texts.
    """
    batch, verdict = event["batch"], (result or {}).get("verdict") or {}
    # The result of a later execution must not explain this one's status.
    if result and result["status"] == row["status"]:
        found = _findings(verdict)
        failed, uncertain, reason = found["missed"], found["uncertain"], verdict.get("reason")
    else:
        result, reason = None, None
        failed, uncertain = ([{"id": check_id} for check_id in row[name]] for name in ("failed", "uncertain"))
    joined = {
        **row,
        "run_id": event["run_id"],
        "line": batch.get("line"),
        "prompt": event.get("prompt", ""),
        "final_prompt": (result or {}).get("final_prompt"),
        "failed": [_describe(check) for check in failed],
        "uncertain": [_describe(check) for check in uncertain],
        "image": _absolute(row["image"], row.get("report")),
        "reason": reason or row["message"],
        "extra": batch.get("extra") or {},
    }
    return {name: joined.get(name) for name in COLUMNS}


def rejected_row(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a line of rejected.jsonl."""
    joined = {
        **_NOTHING,
        "item_id": line.get("id"),
        "line": line["line"],
        "prompt": line.get("text"),
        "status": REJECTED_LINE,
        "reason": line["reason"],
        "error": "InvalidRequestError",
        "message": line["reason"],
        "extra": line.get("extra") or {},
    }
    return {name: joined.get(name) for name in COLUMNS}


def _findings(verdict: Mapping[str, Any]) -> dict[Finding, list[dict[str, Any]]]:
    """Return the checks of a verdict by finding."""
    found: dict[Finding, list[dict[str, Any]]] = {"met": [], "missed": [], "uncertain": []}
    for check in verdict.get("checks", ()):
        found[finding_of(check)].append(check)
    return found


def _describe(check: Mapping[str, Any]) -> dict[str, str]:
    observed = str(check.get("observed") or "")
    if len(observed) > _MAX_OBSERVED_CHARS:
        observed = observed[: _MAX_OBSERVED_CHARS - 1] + "…"
    return {"id": check["id"], "text": check.get("text") or check["id"], "observed": observed}


def _relative(uri: str | None, report: str | None) -> str | None:
    return uri.removeprefix(report.removesuffix(REPORT)) if uri and report else uri


def _absolute(name: str | None, report: str | None) -> str | None:
    return report.removesuffix(REPORT) + name if name and report and "://" not in name else name


def _cut(row: dict[str, Any]) -> dict[str, Any]:
    for chars in _MESSAGE_CUTS:
        message = str(row["message"])
        cut = {**row, "message": message if len(message) <= chars else message[: max(0, chars - 1)] + "…"}
        if len(json.dumps(cut, ensure_ascii=False).encode()) <= MAX_ROW_BYTES:
            return cut
    return {**cut, "image": None, "report": None}
