"""The words about a run's ending that the terminal and the proof sheet share."""

from collections.abc import Mapping
from typing import Any

from lambdas.core.run.statuses import STATUSES, status_of

_MAX_UNCERTAIN = 3
_MAX_OBSERVED_CHARS = 80
STAND_IN_NOTICE = "the stand-in, not Bedrock: nothing was charged; the cost is what Bedrock would have charged"


def engine_notice(result: Mapping[str, Any]) -> str | None:
    """Return a notice if the stand-in, not Bedrock, answered for the result or the batch's summary; else None."""
    return STAND_IN_NOTICE if result.get("engine") == "stand-in" else None


def next_step(result: Mapping[str, Any]) -> str | None:
    """Return advice for the user of a run, without a capital and a full stop; None if there is nothing to do."""
    if unknown := _unknown_to_stand_in(result):
        return (
            f"use real models (--bedrock aws, or a deployed stack): {unknown}, so higher limits cannot help; or ask only for "
            "what it knows"
        )
    status = STATUSES.get(str(result.get("stopped_by"))) or status_of(result)
    again = f"start again with --run-id {result['run_id']} (a field of the event, too); what was kept is reused"
    return status.next_step.format(again=again) if status.next_step else None


def _unknown_to_stand_in(result: Mapping[str, Any]) -> str | None:
    """Return what the stand-in's judge said about the requirements that it does not know; None if it knows all of them."""
    checks = (result.get("verdict") or {}).get("checks", ()) if result.get("engine") == "stand-in" else ()
    observed = list(dict.fromkeys(_shorten(check["observed"]) for check in checks if not check.get("certain", True)))
    if not observed:
        return None
    more = len(observed) - _MAX_UNCERTAIN
    listed = observed[:_MAX_UNCERTAIN] + ([f"{more} more"] if more > 0 else [])
    return f"the stand-in {'; '.join(listed)}"


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_OBSERVED_CHARS else f"{line[:_MAX_OBSERVED_CHARS].rstrip()}…"
