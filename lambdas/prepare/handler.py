"""Prepare a run.

Event:  {"event": <the StartExecution input>, "execution": {"name": "...", "started_at": "..."}}
Answer: {"next": "GENERATE" | "REVISE" | "CONCLUDE",
         "ending": "" | "DUPLICATE" | "DRY_RUN" | "BUDGET_EXCEEDED" | "ACCEPTED" (an item that was, earlier), "spent_usd": 0.0006,
         "run": {"bucket": "...", "prefix": "...", "run_id": "...", "max_retry_attempts": 5, "max_prompt_revisions": 3,
                 "revise_policy": "after_retries", "resumed": false}}
"""

from typing import Any

from lambdas.core.admission.checked_request import checked_request
from lambdas.core.admission.dry_run import priced
from lambdas.core.batch.item_folder import is_accepted, locate_item
from lambdas.core.models.claude import requirements as claude
from lambdas.core.money.ledger import CeilingReachedError, Ledger
from lambdas.core.request.language import detect_language
from lambdas.core.request.request import Request
from lambdas.core.request.usable import refuse_what_only_a_revision_could_mend, unusable
from lambdas.core.run.statuses import ACCEPTED, BUDGET_EXCEEDED, DRY_RUN, DUPLICATE
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.run_folder import REQUIREMENTS, RunFolder, wording_folder
from lambdas.prepare.enrol import claimed_by_another, enrol


@log_invocation("prepare")
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Check everything that can be checked for nothing, then find the requirements and write the first wording."""
    execution_name = event["execution"]["name"]
    request = checked_request(event["event"], settings(), execution_name)
    if request.dry_run:
        # Nothing is paid and nothing is written: the run id stays free for the run itself.
        answer = _answer(request, next_step="CONCLUDE", ending=DRY_RUN.name, spent_usd=0.0)
        return {**answer, "run": {**answer["run"], "dry_run": priced(request, settings())}}
    if request.batch:
        request = locate_item(request)
    folder = RunFolder(request.output_s3_bucket_name, request.output_s3_key_prefix, request.run_id)
    if request.batch and is_accepted(folder):
        answer = _answer(request, next_step="CONCLUDE", ending=ACCEPTED.name, spent_usd=0.0)
        return {**answer, "run": {**answer["run"], "concluded": True, "counter": request.batch.counter}}
    if request.trigger and claimed_by_another(folder, execution_name):
        return _answer(request, next_step="CONCLUDE", ending=DUPLICATE.name, spent_usd=0.0)
    resumed = enrol(folder, request, execution_name)

    ledger = Ledger.of_step(folder, "requirements", request, {"run": {"resumed": resumed}, "spent_usd": 0.0})
    try:
        language = _language_and_requirements(folder, request, ledger)
    except CeilingReachedError:
        return _answer(request, next_step="CONCLUDE", ending=BUDGET_EXCEEDED.name, spent_usd=ledger.spent_usd)
    refuse_what_only_a_revision_could_mend(request, language)
    fault = unusable(request, language)
    folder.write_json(
        f"{wording_folder(0)}/prompt.json",
        {
            "revision": 0,
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt,
            "language": language,
            "unusable": fault,
            "changes": None,
        },
    )
    answer = _answer(request, next_step="REVISE" if fault else "GENERATE", ending="", spent_usd=ledger.step_usd)
    return {**answer, "run": {**answer["run"], "resumed": resumed}}


def _language_and_requirements(folder: RunFolder, request: Request, ledger: Ledger) -> str:
    """Write requirements.json, unless an earlier invocation did; the prompt's language."""
    written = folder.read_json(REQUIREMENTS)
    if written is None:
        derived = (
            claude.derive_requirements(request, ledger)
            if request.requirements is None
            else claude.DerivedRequirements(language=None, requirements=request.requirements)
        )
        written = {
            "language": detect_language(request.prompt, derived.language),
            "given": request.requirements is not None,
            "requirements": [item.to_record() for item in (*derived.requirements, *request.brand_rules)],
        }
        folder.write_json(REQUIREMENTS, written)
    return str(written["language"])


def _answer(request: Request, *, next_step: str, ending: str, spent_usd: float) -> dict[str, Any]:
    return {
        "next": next_step,
        "ending": ending,
        "spent_usd": spent_usd,
        "run": {
            "bucket": request.output_s3_bucket_name,
            "prefix": request.output_s3_key_prefix,
            "run_id": request.run_id,
            "max_retry_attempts": request.max_retry_attempts,
            "max_prompt_revisions": request.max_prompt_revisions,
            "revise_policy": request.revise_policy,
        },
    }
