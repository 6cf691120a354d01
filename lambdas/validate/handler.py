"""Judge the candidates of one attempt.

Event:  {"run": {...}, "revision": 0, "attempt": 1, "spent_usd": 0.0406}
Answer: {"outcome": "YES" | "NO" | "OVER_BUDGET", "score": 0.8, "candidate": 1, "failed": ["r2"], "spent_usd": 0.0411,
         "failed_kinds": ["position"], "failed_again": false, "gainless_revisions": 0}
"""

from typing import Any

from lambdas.core.models.claude.picture import prepare_picture
from lambdas.core.models.claude.verdict import judge
from lambdas.core.money.ledger import CeilingReachedError, Ledger
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import Requirement
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.storage.run_folder import REQUEST, REQUIREMENTS, RunFolder, attempt_folder
from lambdas.validate.facts import facts

# The state carries a summary of the verdict, and its size must not grow with the requirements.
_MAX_FAILED_TOLD = 5
_NO_VERDICT = {
    "score": 0.0,
    "candidate": 0,
    "failed": [],
    "failed_kinds": [],
    "failed_again": False,
    "gainless_revisions": 0,
}


@log_invocation("validate")
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Judge, unless an earlier invocation of this attempt did."""
    folder = RunFolder.of(event["run"])
    here = attempt_folder(event["revision"], event["attempt"])
    written = folder.read_json(f"{here}/verdict.json")
    if written:
        return _answer(written, event["spent_usd"])

    request = Request.from_record(folder.need_json(REQUEST)["request"])
    requirements = [Requirement(**item) for item in folder.need_json(REQUIREMENTS)["requirements"]]
    images = folder.need_json(f"{here}/attempt.json")["images"]
    pictures = tuple(prepare_picture(_body(folder, image["name"])) for image in images)
    ledger = Ledger.of_step(folder, here.replace("/", "-") + "-verdict", request, event)
    try:
        verdict = judge(request, requirements, pictures, ledger)
    except CeilingReachedError:
        return {"outcome": "OVER_BUDGET", "spent_usd": ledger.spent_usd, **_NO_VERDICT}

    record = verdict.to_record()
    record |= {
        "facts": facts(folder, request.revise_policy, requirements, record, event["revision"], event["attempt"]),
        "model_id": request.validate_model_id,
        "cost_usd": ledger.step_usd,
    }
    folder.write_json(f"{here}/verdict.json", record)
    return _answer(record, event["spent_usd"])


def _body(folder: RunFolder, name: str) -> bytes:
    body = folder.read(name)
    if body is None:
        raise RecordError(f"{folder.s3_uri(name)}: is missing, though its attempt was recorded")
    return body


def _answer(record: dict[str, Any], spent_before_usd: float) -> dict[str, Any]:
    return {
        "outcome": record["result"],
        "score": record["score"],
        "candidate": record["candidate"],
        "failed": record["failed"][:_MAX_FAILED_TOLD],
        "spent_usd": round(spent_before_usd + record["cost_usd"], 8),
        **record["facts"],
    }
