"""The result of a run: whole in result.json, cut to size as the execution's output or cause."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.core.money.platform_cost import estimate_platform_cost
from lambdas.core.run.history import Attempt, History
from lambdas.core.run.statuses import BEST_EFFORT, BLOCKED, EXHAUSTED, UNCERTAIN, status_of
from lambdas.core.runtime.quoting import format_count
from lambdas.core.runtime.records import REPORT, RESULT

# AWS: the `Cause` of an execution holds at most 32,768 characters. This limit leaves room for UTF-8 and JSON escapes.
MAX_OUTPUT_BYTES = 24 * 1024
_MAX_FAILED_CHECKS = 10
_STRING_CUTS = (1_000, 400, 150, 60)
_ADDRESSES = ("_id", "_uri", "_url", "bucket", "key", "sha256")


@dataclass(frozen=True)
class Ending:
    """How the loop ended."""

    status: str
    """The name of a status in `core.run.statuses`. The records may refine it: see `_refine`."""
    error: str | None = None
    message: str | None = None


def build_result(
    history: History | None, run_id: str | None, ending: Ending, started: datetime, now: datetime
) -> dict[str, Any]:
    """Return the whole result, as docs/contract.md describes it. `history` is None when no run was prepared."""
    # If Prepare failed, only the folder has the run's id.
    run_id = history.folder.run_id if history else run_id
    result: dict[str, Any] = {"status": ending.status, "message": ending.message or "", "run_id": run_id}
    best = history.best if history else None
    if history:
        _refine(result, history, best)
    result.update(_describe_run(history, best))
    result["message"] = result["message"] or status_of(result).message.format(tried=_format_effort(result))
    if ending.error:
        result["error"] = ending.error
    result["started_at"] = started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    result["duration_s"] = round((now - started).total_seconds(), 3)
    platform = estimate_platform_cost(result["attempts"], result["revisions"], result["duration_s"])
    result["cost"] |= platform.to_record()
    return result


def execution_error(result: dict[str, Any]) -> str | None:
    """Return the `Error` with which the execution fails, or None when it succeeds."""
    return status_of(result).error or result.get("error")


def cut_to_size(result: dict[str, Any]) -> dict[str, Any]:
    """Return the same object under 24 KiB: strings cut to 1,000 characters or fewer, at most 10 failed checks."""
    for cut in _STRING_CUTS:
        for keep_met in (True, False):
            smaller: dict[str, Any] = _cut(result, cut, keep_met)
            if len(json.dumps(smaller, ensure_ascii=False).encode()) <= MAX_OUTPUT_BYTES:
                return smaller
    return smaller


def _refine(result: dict[str, Any], history: History, best: Attempt | None) -> None:
    """Correct the status by the records: to BLOCKED, UNCERTAIN or BEST_EFFORT."""
    last = history.attempts[-1] if history.attempts else None
    has_pictures = any(attempt.image_names for attempt in history.attempts)
    if (
        status_of(result) is EXHAUSTED
        and last
        and (not has_pictures or last.outcome in ("BLOCKED_PROMPT", "BLOCKED_INPUT"))
    ):
        result["status"] = BLOCKED.name
    elif status_of(result) is EXHAUSTED and best and best.is_uncertain:
        result["status"] = UNCERTAIN.name
    if status_of(result).may_return_best and history.request.on_not_accepted == "return_best" and best:
        result["stopped_by"], result["status"] = result["status"], BEST_EFFORT.name


def _describe_run(history: History | None, best: Attempt | None) -> dict[str, Any]:
    if history is None:
        nothing = dict.fromkeys(("prompt", "final_prompt", "negative_prompt", "image", "verdict"))
        return {
            **nothing,
            "attempts": 0,
            "images": 0,
            "revisions": 0,
            "cost": _cost(None),
            "engine": None,
            "warnings": [],
        }
    folder, request = history.folder, history.request
    last = history.wordings[-1] if history.wordings else None
    shown = next((wording for wording in history.wordings if best and wording.revision == best.revision), last)
    final = shown.record if shown else {}
    image = _image(history, best)
    return {
        "prompt": request.prompt,
        "final_prompt": final.get("prompt", request.prompt),
        "negative_prompt": final.get("negative_prompt", request.negative_prompt),
        "image": image,
        "verdict": _verdict(history, best),
        "attempts": len(history.attempts),
        "images": sum(len(attempt.image_names) for attempt in history.attempts),
        "revisions": last.revision if last else 0,
        "cost": _cost(history),
        "engine": history.bill.engine,
        "warnings": history.warnings,
        "image_model_id": request.image_model_id,
        "validate_model_id": request.validate_model_id,
        "revise_model_id": request.revise_model_id,
        "output_s3_bucket_url": folder.url(),
        "output_s3_object_url": folder.url(best.best_image["name"]) if best and best.best_image else None,
        "report_s3_uri": folder.s3_uri(REPORT),
        "report_url": folder.url(REPORT),
        "result_s3_uri": folder.s3_uri(RESULT),
    }


def _image(history: History, best: Attempt | None) -> dict[str, Any] | None:
    entry = best.best_image if best else None
    if entry is None:
        return None
    name = entry["name"]
    facts = {key: entry.get(key) for key in ("seed", "width", "height", "sha256")}
    return {
        "bucket": history.folder.bucket,
        "key": history.folder.key(name),
        "s3_uri": history.folder.s3_uri(name),
        **facts,
    }


def _verdict(history: History, best: Attempt | None) -> dict[str, Any] | None:
    if best is None or best.verdict is None:
        return None
    verdict, texts = best.verdict, {requirement.id: requirement.text for requirement in history.requirements}
    checks = [
        {
            "id": check["id"],
            "text": texts.get(check["id"]),
            **{name: check[name] for name in ("observed", "met")},
            "certain": check.get("certain", True),
        }
        for check in verdict["checks"]
        if check["candidate"] == verdict["candidate"]
    ]
    return {**{name: verdict[name] for name in ("result", "reason", "score")}, "checks": checks}


def _cost(history: History | None) -> dict[str, float]:
    if history is None:
        return {"total_usd": 0.0, "image_usd": 0.0, "claude_usd": 0.0}
    bill = history.bill
    return {"total_usd": bill.total_usd, "image_usd": bill.image_usd, "claude_usd": bill.claude_usd}


def _format_effort(result: dict[str, Any]) -> str:
    return f"{format_count(result['attempts'], 'attempt')} and {format_count(result['revisions'], 'revision')}"


def _cut_checks(checks: list[dict[str, Any]], keep_met: bool) -> list[dict[str, Any]]:
    kept, failed = [], 0
    for check in checks:
        failed += not check["met"]
        if (check["met"] and keep_met) or (not check["met"] and failed <= _MAX_FAILED_CHECKS):
            kept.append(check)
    return kept


def _cut(value: Any, cut: int, keep_met: bool) -> Any:
    if isinstance(value, str):
        return value if len(value) <= cut else value[: cut - 1] + "…"
    if isinstance(value, list):
        return [_cut(item, cut, keep_met) for item in value]
    if not isinstance(value, dict):
        return value
    if "checks" in value:
        value = {**value, "checks": _cut_checks(value["checks"], keep_met)}
    # A cut address is useless, so addresses have only the first, longest limit.
    return {
        key: _cut(item, _STRING_CUTS[0] if key.endswith(_ADDRESSES) else cut, keep_met) for key, item in value.items()
    }
