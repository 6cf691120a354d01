"""The story of a past run: its wordings, and each attempt with its verdict, from its records."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from lambdas.core.run.history import Attempt, History, Wording, finding_of
from lambdas.core.run.statuses import BLOCKED, ERROR, UNCERTAIN
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.quoting import format_count
from retake.view.outcome import INTERRUPTED
from retake.view.progress import AttemptRow
from retake.view.run_ending import RunEnding, format_run_ending
from retake.view.run_files import RunFiles
from retake.view.run_watch import WHY_REVISED, format_verdict

_BLOCKED = {
    "BLOCKED_PROMPT": "the content filter refused the prompt",
    "BLOCKED_OUTPUT": "the content filter refused the picture",
}


def format_run_story(
    files: RunFiles, history: History | None, result: dict[str, Any] | None, when: datetime | None, names: Sequence[str]
) -> Iterator[str]:
    """Yield the lines of the story.

    history: None if the run ended before it was prepared.
    result: result.json; None if the run has not ended.
    when: when the run ended, or was last worked on.
    names: the names of its files.
    """
    yield f"run      {files.run_id}" + (f"  {when.astimezone():%Y-%m-%d %H:%M}" if when else "")
    if history:
        texts = [requirement.text for requirement in history.requirements]
        yield f"prompt   {history.request.prompt}"
        yield f"{format_count(len(texts), 'requirement')}: {'; '.join(texts)}" if texts else "requirements: none yet"
        for wording in history.wordings:
            yield from _format_wording(wording, {one.id: one.text for one in history.requirements})
    if result is None:
        yield "no result yet: the run still works, or was interrupted"
        yield f'next     run the same event with "run_id": "{files.run_id}"; what was kept is reused'
    else:
        is_interrupted = result.get("error") == INTERRUPTED
        ending = RunEnding(result, is_recorded=bool(result.get("result_s3_uri")), is_interrupted=is_interrupted)
        yield from format_run_ending(files, ending)
        if result["status"] == ERROR.name and not is_interrupted:
            yield f"error    {result.get('error')}: {result['message']}"
    yield f"files    {len(names)} in {files.folder}"


def _format_wording(wording: Wording, texts: dict[str, str]) -> Iterator[str]:
    record = wording.record
    if wording.revision and record:
        why = WHY_REVISED.get(str(record.get("why")), "of the attempts before it")
        yield f"r{wording.revision:02d}  revised, because {why}: {record.get('changes') or 'no reason recorded'}"
        yield f"r{wording.revision:02d}  prompt: {record.get('prompt')}"
    for attempt in wording.attempts:
        yield _attempt_row(attempt, texts).format()


def _attempt_row(attempt: Attempt, texts: dict[str, str]) -> AttemptRow:
    """Return the attempt's row. Its cost is its own, not that of the run so far."""
    record, verdict, image = attempt.record, attempt.verdict, attempt.best_image or {}
    score, missing = "", ""
    if verdict:
        outcome = UNCERTAIN.name if attempt.is_uncertain else str(verdict["result"])
        score, missing = format_verdict(verdict, texts)
    elif attempt.outcome in _BLOCKED:
        outcome, missing = BLOCKED.name, _BLOCKED[attempt.outcome]
    elif attempt.outcome == "UNREADABLE":
        outcome, missing = "UNREADABLE", str(record.get("reason"))
    else:
        outcome = "NOT JUDGED"
    return AttemptRow(
        attempt.revision,
        attempt.attempt,
        image.get("seed", record.get("seed")),
        float(record.get("latency_s") or 0.0),
        outcome,
        score,
        missing,
        _cost_usd(attempt),
    )


def _cost_usd(attempt: Attempt) -> float:
    return float(attempt.record.get("cost_usd") or 0.0) + float((attempt.verdict or {}).get("cost_usd") or 0.0)


def story_document(
    run_id: str, folder: str, history: History | None, result: dict[str, Any] | None, names: Sequence[str]
) -> dict[str, Any]:
    """Return the story as one JSON object."""
    texts = {one.id: one.text for one in history.requirements} if history else {}
    return {
        "kind": "run",
        "run_id": run_id,
        "folder": folder,
        "prompt": history.request.prompt if history else None,
        "requirements": [{"id": name, "text": text} for name, text in texts.items()],
        "wordings": [_wording_document(wording, texts) for wording in history.wordings] if history else [],
        "result": result,
        "files": list(names),
    }


def _wording_document(wording: Wording, texts: dict[str, str]) -> dict[str, Any]:
    record = wording.record
    return {
        "revision": wording.revision,
        **{name: record.get(name) for name in ("prompt", "negative_prompt", "why", "changes")},
        "attempts": [_attempt_document(attempt, texts) for attempt in wording.attempts],
    }


def _attempt_document(attempt: Attempt, texts: dict[str, str]) -> dict[str, Any]:
    row, verdict = _attempt_row(attempt, texts), attempt.verdict
    checks = [check for check in verdict["checks"] if check["candidate"] == verdict["candidate"]] if verdict else []
    return {
        "attempt": attempt.attempt,
        "seed": row.seed,
        "images": list(attempt.image_names),
        "verdict": row.verdict,
        "score": verdict["score"] if verdict else None,
        "failed": [
            {
                "id": check["id"],
                "text": texts.get(check["id"]),
                "observed": check["observed"],
                "finding": finding_of(check),
            }
            for check in checks
            if not check["met"]
        ],
        "cost_usd": round(row.spent_usd, 6),
    }


def record_fault(error: Exception, folder: str) -> str:
    """Return one line about records that cannot be shown."""
    if isinstance(error, RecordError):
        return str(error)
    return (
        f"{folder}: its records are not those of this release ({type(error).__name__}: {error}); open its report.html"
    )
