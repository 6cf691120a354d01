"""Rows of results.jsonl as Conclude batch writes them, and the sheet of a batch with these rows."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image

from lambdas.core.report.batch_links import Links
from lambdas.core.report.batch_page import render_batch_report
from lambdas.core.report.batch_sheet import BatchSheet
from lambdas.core.run.statuses import REJECTED_LINE, status_of

BATCH_ID = "posters-0a1b2c3d"
BUCKET = "pictures"
SOURCES = "'self' file:"
_PROMPTS = (
    "A red circle above a blue square, in the style of a flat poster, on a plain white ground",
    "月明かりの夜の海。オーロラが空に広がり、海には流氷が浮かぶ。月は一つだけ。",
    "Studio photo of a green ceramic mug with a wooden lid on a grey table, soft light from the left, no text, no logo, "
    "a few coffee beans beside it, shallow depth of field, and a folded linen napkin in the background",
)
_REQUIREMENTS = ("exactly one moon", "drift ice on the sea", "a wooden lid on the mug", "no text in the picture")
_ENDINGS = ("ACCEPTED",) * 15 + ("EXHAUSTED", "UNCERTAIN", "BLOCKED", "ERROR", "BEST_EFFORT")


def row(number: int, status: str = "ACCEPTED", **given: Any) -> dict[str, Any]:
    """Return the row of an item. Its texts depend on `number`, which is also its line."""
    item_id = f"item-{number:04}"
    run = f"s3://{BUCKET}/generated-images/{BATCH_ID}--{item_id}"
    has_picture = status not in ("BLOCKED", "ERROR")
    missed = [check(_REQUIREMENTS[number % 4]), check(_REQUIREMENTS[0])][: 1 + number % 2]
    known = {
        "item_id": item_id,
        "run_id": f"{BATCH_ID}--{item_id}",
        "line": number,
        "prompt": f"{_PROMPTS[number % 3]} ({number})",
        "final_prompt": None,
        "status": status,
        "score": 1.0 if status == "ACCEPTED" else 0.5,
        "failed": missed if status in ("EXHAUSTED", "BEST_EFFORT") else [],
        "uncertain": missed if status == "UNCERTAIN" else [],
        "attempts": 1 + number % 7,
        "revisions": number % 2,
        "images": 1 + number % 7 if has_picture else 0,
        "cost_usd": round(0.0403 * (1 + number % 7), 4),
        "engine": "bedrock",
        "duration_s": 6.2,
        "image": f"{run}/r00/a01/image-1.png" if has_picture else None,
        "report": f"{run}/report.html",
        "reason": "",
        "error": "ModelThrottledError" if status == "ERROR" else None,
        "message": "the model was throttled" if status == "ERROR" else "A content filter refused the prompt.",
        "extra": {},
    }
    return known | given


def check(text: str, observed: str = "nothing of it") -> dict[str, str]:
    """Return a requirement in a row's `failed` or `uncertain`."""
    return {"id": "r1", "text": text, "observed": observed}


def rejected_row(number: int, text: str = '{"promt": "a moon"}', reason: str = "promt: there is no such field") -> Any:
    """Return the row of a rejected line."""
    return row(number, item_id=None) | {
        "status": REJECTED_LINE,
        "prompt": text,
        "reason": reason,
        "image": None,
        "report": None,
    }


def many_rows(items: int) -> list[dict[str, Any]]:
    """Return the rows of a batch with every ending; one in twenty lines is accepted at fifteen."""
    return [row(number, _ENDINGS[number % len(_ENDINGS)]) for number in range(1, items + 1)]


def summary_of(rows: Iterable[dict[str, Any]], **given: Any) -> dict[str, Any]:
    """Return the parts of summary.json that the sheet shows."""
    rows = list(rows)
    items = [one for one in rows if one["status"] != REJECTED_LINE]
    accepted = sum(status_of(one).batch_count == "accepted" for one in items)
    return {
        "status": "ACCEPTED" if accepted == len(rows) else "NOT_ALL_ACCEPTED",
        "batch_id": BATCH_ID,
        "generation": 1,
        "started_at": "2026-11-21T06:00:00.123Z",
        "lines": len(rows),
        "skipped": 0,
        "engine": "bedrock",
        "warnings": [],
        "cost": {"total_usd": round(sum(one["cost_usd"] for one in items), 6), "max_usd": 100.0},
        **given,
    }


def sheet_of(rows: Iterable[dict[str, Any]], links: Links | None = None) -> BatchSheet:
    """Return the sheet of these rows."""
    rows = list(rows)
    sheet = BatchSheet(links or Links(BUCKET), len(rows))
    for one in sheet.gather(rows):
        assert one
    return sheet


def render(rows: Iterable[dict[str, Any]], **summary: Any) -> bytes:
    """Return the page of these rows."""
    rows = list(rows)
    return render_batch_report(sheet_of(rows), summary_of(rows, **summary), SOURCES)


def write_batch(root: Path, rows: list[dict[str, Any]], **summary: Any) -> Path:
    """Write the page and the files that it links to, as in S3, and return the page's path."""
    folder = root / "batch" / BATCH_ID
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_bytes(render(rows, **summary))
    for name in ("results.csv", "results.jsonl", "summary.json", "rejected.jsonl"):
        (folder / name).write_text("", encoding="utf-8")
    for place, one in enumerate(rows):
        if one["report"]:
            run = root / one["report"].removeprefix(f"s3://{BUCKET}/").removesuffix("report.html")
            (run / "r00/a01").mkdir(parents=True, exist_ok=True)
            (run / "report.html").write_text("<!doctype html><title>run</title>", encoding="utf-8")
            if one["image"]:
                (run / "r00/a01/image-1.png").write_bytes(_picture(place, "PNG"))
                (run / "thumbnail.jpg").write_bytes(_picture(place, "JPEG"))
    return folder / "report.html"


def _picture(number: int, kind: str) -> bytes:
    out = io.BytesIO()
    size = ((320, 320), (320, 200), (200, 320))[number % 3]
    Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, number * 53 % 256)).save(out, kind)
    return out.getvalue()
