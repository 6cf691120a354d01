"""One item's row in results.jsonl and results.csv: also the output of the item's execution, in at most 1 KiB."""

import json
from typing import Any

from lambdas.core.batch.spending import Spending
from lambdas.core.run.history import Finding, finding_of
from lambdas.core.run.statuses import ERROR

COLUMNS = (
    "item_id",
    "status",
    "score",
    "failed",
    "uncertain",
    "attempts",
    "revisions",
    "cost_usd",
    "engine",
    "duration_s",
    "image",
    "error",
    "message",
)
MAX_ROW_BYTES = 1024
NO_SPENDING = Spending()

_MAX_LISTED = 5
_MESSAGE_CUTS = (300, 120, 40, 0)


def row_of(item_id: str, result: dict[str, Any]) -> dict[str, Any]:
    """Return the row of an item with this result (result.json). `image` is the picture's `s3://` address, or None."""
    verdict, image = result.get("verdict") or {}, result.get("image") or {}
    ids: dict[Finding, list[str]] = {"met": [], "missed": [], "uncertain": []}
    for check in verdict.get("checks", ()):
        ids[finding_of(check)].append(check["id"])
    row = {
        "item_id": item_id,
        "status": result["status"],
        "score": verdict.get("score"),
        "failed": ids["missed"][:_MAX_LISTED],
        "uncertain": ids["uncertain"][:_MAX_LISTED],
        "attempts": result["attempts"],
        "revisions": result["revisions"],
        "cost_usd": result["cost"]["total_usd"],
        "engine": result.get("engine"),
        "duration_s": result["duration_s"],
        "image": image.get("s3_uri"),
        "error": result.get("error"),
        "message": result["message"],
    }
    return _cut(row)


def row_without_result(item_id: str, error: str, message: str, paid: Spending = NO_SPENDING) -> dict[str, Any]:
    """Return the row of an item without a result, with its cost."""
    if paid.unread:
        message = f"cost_usd lacks what could not be read ({paid.unread}). {message}"
    return _cut(
        {
            "item_id": item_id,
            "status": ERROR.name,
            "score": None,
            "failed": [],
            "uncertain": [],
            "attempts": paid.attempts,
            "revisions": paid.revisions,
            "cost_usd": paid.cost_usd,
            "engine": None,
            "duration_s": 0.0,
            "image": None,
            "error": error,
            "message": message,
        }
    )


def _cut(row: dict[str, Any]) -> dict[str, Any]:
    for chars in _MESSAGE_CUTS:
        message = str(row["message"])
        cut = {**row, "message": message if len(message) <= chars else message[: max(0, chars - 1)] + "…"}
        if len(json.dumps(cut, ensure_ascii=False).encode()) <= MAX_ROW_BYTES:
            return cut
    return {**cut, "image": None}
