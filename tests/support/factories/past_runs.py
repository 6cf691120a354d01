"""An out folder with past runs and batches, written without running them."""

import json
import os
from pathlib import Path
from typing import Any

from lambdas.core.request.request import Request
from tests.support.factories.sample_run import REQUEST, SampleRun, night_picture, request_record

PROMPT = "A night landscape with an aurora"


def write_run(out: Path, run_id: str, age_s: float = 0.0, **fields: Any) -> Path:
    """Write request.json and result.json of an accepted run that ended `age_s` ago; `fields` go over the result's."""
    result = {
        "status": "ACCEPTED",
        "message": "Accepted after 1 attempt and 0 revisions.",
        "run_id": run_id,
        "prompt": PROMPT,
        "attempts": 1,
        "revisions": 0,
        "images": 1,
        "duration_s": 8.4,
        "cost": {"total_usd": 0.0412},
        "engine": "bedrock",
        **fields,
    }
    request = Request(**{**REQUEST, "prompt": result["prompt"], "run_id": run_id})
    write_json(out / run_id / "request.json", request_record(request), age_s)
    return write_json(out / run_id / "result.json", result, age_s)


def write_batch(out: Path, batch_id: str, age_s: float = 0.0, **fields: Any) -> Path:
    """Write plan.json and summary.json of a batch of 3 items; `fields` go over the summary's. Return its folder."""
    counts = {"lines": 4, "items": 3, "rejected": 1, "skipped": 0}
    folder = out / "batch" / batch_id
    prices = {"worst_case_usd": 3.0, "expected_usd": 1.0, "max_cost_usd": 100.0}
    write_json(folder / "plan/plan.json", {**counts, **prices, "batch": {"id": batch_id, "generation": 1}}, age_s)
    summary = {
        "status": "NOT_ALL_ACCEPTED",
        "message": "2 of 3 items have an accepted picture.",
        "batch_id": batch_id,
        "execution": "e1",
        "generation": 1,
        **counts,
        "accepted": 2,
        "not_accepted": 1,
        "errors": 0,
        "attempts": 9,
        "engine": "bedrock",
        "cost": {"total_usd": 0.37, "max_usd": 100.0},
        **fields,
    }
    write_json(folder / "summary.json", summary, age_s)
    return folder


def write_sample(out: Path, run: SampleRun, status: str, error: str | None = None, message: str | None = None) -> None:
    """Write every record of a sample run and its result."""
    _, result = run.end(status, error, message)
    run.folder.write_json("result.json", result)
    for name, body in run.folder.files.items():
        path = out / run.folder.run_id / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def revised_run(run_id: str = "night-by-the-sea") -> SampleRun:
    """Return a run whose second wording was accepted."""
    run = SampleRun({"run_id": run_id}, warnings=["titan_img_quality: left out"], engine="stand-in")
    run.wording(0)
    run.attempt(0, 1, [night_picture(1, side_px=64)], [{"r4": "open water", "r5": "a busy scene"}])
    run.wording(1, "An aurora, one full moon and drift ice", why="failed", changes="Named the ice first.")
    run.attempt(1, 1, [], outcome="BLOCKED_OUTPUT", reason="blocked")
    run.attempt(1, 2, [night_picture(2, side_px=64)], [{}])
    return run


def write_json(path: Path, document: Any, age_s: float = 0.0) -> Path:
    """Write a JSON file, last changed `age_s` ago, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    then_s = path.stat().st_mtime - age_s
    os.utime(path, (then_s, then_s))
    return path
