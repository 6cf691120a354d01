"""Revise the prompt.

Event:  {"run": {"bucket": "pictures", ...}, "revision": 1, "spent_usd": 0.0822}
Answer: {"outcome": "REVISED", "spent_usd": 0.0874}
"""

from typing import Any

from lambdas.core.models.claude.revision import revise, revision_reason
from lambdas.core.money.ledger import CeilingReachedError
from lambdas.core.run.history import require_history
from lambdas.core.run.state import RunState
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.runtime.records import wording_folder
from lambdas.revise.contract import ReviseAnswer, ReviseEvent


@log_invocation("revise")
def handler(event: ReviseEvent, context: Any) -> ReviseAnswer:
    """Revise the prompt, unless an earlier invocation has already done so."""
    state, revision = RunState.from_state(event["run"]), event["revision"]
    here = f"{wording_folder(revision)}/prompt.json"
    written = state.folder.read_json(here)
    if written:
        return _answer(written, event["spent_usd"])

    history = require_history(state.folder)
    ledger = state.open_ledger(f"{wording_folder(revision)}-prompt", history.request, event["spent_usd"])
    try:
        revised = revise(history, ledger)
    except CeilingReachedError:
        return {"outcome": "OVER_BUDGET", "spent_usd": ledger.spent_usd}

    record = {
        "revision": revision,
        "prompt": revised.prompt,
        "negative_prompt": revised.negative_prompt,
        "language": history.request.image_model.languages[0],
        "unusable": None,
        "why": revision_reason(history.wordings[-1]),
        "changes": revised.changes,
        "doubts": revised.doubts,
        "model_id": history.request.revise_model_id,
        "cost_usd": ledger.step_usd,
    }
    state.folder.write_json(here, record)
    return _answer(record, event["spent_usd"])


def _answer(record: dict[str, Any], spent_before_usd: float) -> ReviseAnswer:
    return {"outcome": "REVISED", "spent_usd": round(spent_before_usd + record["cost_usd"], 8)}
