"""Judge the candidates of one attempt.

Event:  {"run": {"bucket": "pictures", ...}, "revision": 0, "attempt": 1, "spent_usd": 0.0406}
Answer: {"outcome": "NO", "score": 0.8, "candidate": 1, "failed": ["r2"], "uncertain": [], "spent_usd": 0.0411,
         "failed_kinds": ["position"], "failed_again": false, "gainless_revisions": 0}
"""

from typing import Any

from lambdas.core.models.claude.verdict import judge
from lambdas.core.money.ledger import CeilingReachedError
from lambdas.core.request.tasks.own_requirements import pixel_checks
from lambdas.core.run.history import is_uncertain
from lambdas.core.run.open_run import open_run
from lambdas.core.run.state import RunState
from lambdas.core.run.statuses import UNCERTAIN
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.runtime.records import attempt_folder
from lambdas.validate.contract import Facts, ValidateAnswer, ValidateEvent
from lambdas.validate.facts import NO_FACTS, find_facts
from lambdas.validate.pictures import prepare_pictures, prepare_sources
from lambdas.validate.pixels import compute_checks

# The size of the machine's state must not grow with the requirements.
_MAX_LISTED = 5


@log_invocation("validate")
def handler(event: ValidateEvent, context: Any) -> ValidateAnswer:
    """Judge the candidates, unless an earlier invocation has already done so."""
    state = RunState.from_state(event["run"])
    folder, here = state.folder, attempt_folder(event["revision"], event["attempt"])
    written = folder.read_json(f"{here}/verdict.json")
    if written:
        return _answer(written, event["spent_usd"])

    run = open_run(state)
    pictures, bodies = prepare_pictures(folder, here, run.request.titan_img_number_of_images)
    if not pictures:
        facts = find_facts(run, None, event["revision"], event["attempt"])
        return _no_verdict("UNREADABLE", event["spent_usd"], facts)
    ledger = run.open_ledger(here.replace("/", "-") + "-verdict", event["spent_usd"])
    try:
        computed = pixel_checks(vars(run.request))
        asked = [item for item in run.requirements if item.id not in computed]
        verdict = judge(run.request, asked, pictures, ledger, prepare_sources(run))
    except CeilingReachedError:
        return _no_verdict("OVER_BUDGET", ledger.spent_usd, NO_FACTS)

    record = verdict.with_computed(run.requirements, compute_checks(run, bodies)).to_record()
    record |= {
        "facts": find_facts(run, record, event["revision"], event["attempt"]),
        "model_id": run.request.validate_model_id,
        "cost_usd": ledger.step_usd,
    }
    folder.write_json(f"{here}/verdict.json", record)
    return _answer(record, event["spent_usd"])


def _answer(record: dict[str, Any], spent_before_usd: float) -> ValidateAnswer:
    facts: Facts = record["facts"]
    return {
        "outcome": UNCERTAIN.name if is_uncertain(record) else record["result"],
        "score": record["score"],
        "candidate": record["candidate"],
        "failed": record["failed"][:_MAX_LISTED],
        "uncertain": record.get("uncertain", [])[:_MAX_LISTED],
        "spent_usd": round(spent_before_usd + record["cost_usd"], 8),
        **facts,
    }


def _no_verdict(outcome: str, spent_usd: float, facts: Facts) -> ValidateAnswer:
    return {
        "outcome": outcome,
        "score": 0.0,
        "candidate": 0,
        "failed": [],
        "uncertain": [],
        "spent_usd": spent_usd,
        **facts,
    }
