"""Prepare a run.

Event:  {"event": <the StartExecution input>, "execution": {"name": "run-1", "started_at": "2026-11-21T06:00:00Z"}}
Answer: {"next": "GENERATE", "ending": "", "spent_usd": 0.0006, "estimate": null,
         "run": {"bucket": "pictures", "prefix": "generated-images", "run_id": "run-1", "max_retry_attempts": 5,
                 "max_prompt_revisions": 3, "revise_policy": "after_retries", "resumed": false, "counter": ""}}
"""

from typing import Any

from lambdas.core.admission.admit import admit_request
from lambdas.core.admission.dry_run import price_request
from lambdas.core.batch.item_folder import is_accepted, locate_item
from lambdas.core.models.image.inputs import read_inputs
from lambdas.core.money.ledger import CeilingReachedError
from lambdas.core.request.usable import check_usability, refuse_unusable
from lambdas.core.run.state import ACCEPTED_BEFORE, RunState
from lambdas.core.run.statuses import BUDGET_EXCEEDED, DRY_RUN, DUPLICATE
from lambdas.core.runtime.execution import check_event
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.runtime.records import wording_folder
from lambdas.core.runtime.settings import settings
from lambdas.prepare.contract import PrepareAnswer, PrepareEvent
from lambdas.prepare.enrol import enrol, is_claimed_by_another
from lambdas.prepare.requirements import write_requirements


@log_invocation("prepare")
def handler(event: PrepareEvent, context: Any) -> PrepareAnswer:
    """Check everything that can be checked without paying, then derive the requirements and write the first wording."""
    execution_name = check_event(event, "name")["execution"]["name"]
    # Also for the items of batches. An item's event cannot be distinguished from a copy that somebody wrote.
    admitted = admit_request(event["event"], settings(), execution_name, is_item=True)
    request = admitted.request
    if request.dry_run:
        # Nothing is paid or written, so the run id stays free for the run itself.
        read_inputs(request)
        return _conclude(RunState.of(request), DRY_RUN.name, estimate=price_request(admitted, settings()))
    if request.batch:
        request = locate_item(request)
    state = RunState.of(request)
    if request.batch and is_accepted(state.folder):
        return _conclude(state, ACCEPTED_BEFORE)
    if request.trigger and is_claimed_by_another(state.folder, execution_name):
        return _conclude(state, DUPLICATE.name)
    state = RunState.of(request, resumed=enrol(state.folder, request, execution_name, admitted.given))

    ledger = state.open_ledger("requirements", request, spent_usd=0.0)
    try:
        language = write_requirements(state.folder, request, ledger)
    except CeilingReachedError:
        return _conclude(state, BUDGET_EXCEEDED.name, spent_usd=ledger.spent_usd)
    usability = admitted.usability
    if language != usability.language:
        usability = check_usability(request, language)
        refuse_unusable(request, usability)
    state.folder.write_json(
        f"{wording_folder(0)}/prompt.json",
        {
            "revision": 0,
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt,
            "language": language,
            "unusable": usability.reason,
            "changes": None,
        },
    )
    return {
        "next": "REVISE" if usability.must_revise_first else "GENERATE",
        "ending": "",
        "spent_usd": ledger.step_usd,
        "run": state.to_state(),
        "estimate": None,
    }


def _conclude(
    state: RunState, ending: str, *, spent_usd: float = 0.0, estimate: dict[str, Any] | None = None
) -> PrepareAnswer:
    return {
        "next": "CONCLUDE",
        "ending": ending,
        "spent_usd": spent_usd,
        "run": state.to_state(),
        "estimate": estimate,
    }
