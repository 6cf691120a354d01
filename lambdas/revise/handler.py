"""Word the prompt anew.

Event:  {"run": {...}, "revision": 1, "spent_usd": 0.0822}     the revision to be made
Answer: {"outcome": "REVISED" | "OVER_BUDGET", "spent_usd": 0.0874}
"""

from typing import Any

from lambdas.core.models.claude.revision import revise, revision_reason
from lambdas.core.money.ledger import CeilingReachedError, Ledger
from lambdas.core.run.history import read_history
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.storage.run_folder import RunFolder, wording_folder


@log_invocation("revise")
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Revise, unless an earlier invocation of this revision did."""
    folder, revision = RunFolder.of(event["run"]), event["revision"]
    here = f"{wording_folder(revision)}/prompt.json"
    written = folder.read_json(here)
    if written:
        return {"outcome": "REVISED", "spent_usd": round(event["spent_usd"] + written["cost_usd"], 8)}

    history = read_history(folder)
    if history is None:
        raise RecordError(f"{folder.s3_uri('')}: holds no run, though an earlier step prepared it")
    ledger = Ledger.of_step(folder, f"{wording_folder(revision)}-prompt", history.request, event)
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
    folder.write_json(here, record)
    return {"outcome": "REVISED", "spent_usd": round(event["spent_usd"] + ledger.step_usd, 8)}
