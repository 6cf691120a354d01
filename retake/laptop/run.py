"""A run on this machine: execute it to its end, or until Ctrl-C, and read its result."""

import json
from datetime import UTC, datetime
from typing import Any, cast

import boto3

from lambdas.conclude.contract import ConcludeEvent
from lambdas.core.run.state import RunState
from lambdas.core.run.statuses import ERROR
from lambdas.core.storage.run_folder import RESULT
from retake.emulator.cloud import InvalidEventError
from retake.emulator.environment import NoCredentialsError
from retake.laptop.cloud import start_cloud
from retake.laptop.records import FolderRecords
from retake.laptop.run_plan import RunPlan
from retake.laptop.steps import HandlerSteps
from retake.view.outcome import Outcome, object_in
from retake.view.progress import View
from retake.view.run_ending import Ended
from retake.view.run_watch import Watch


def execute_run(plan: RunPlan, view: View) -> Ended:
    """Run the event to its end, and return how it ended.

    Ctrl-C (`KeyboardInterrupt`) stops the run after the call under way, whose picture is kept. Conclude then writes the
    result.

    Raises:
        KeyboardInterrupt: interrupted before the run was started.
    """
    try:
        return _execute(plan, view)
    except NoCredentialsError as error:
        return Ended(None, error="NoCredentialsError", cause=str(error))
    except InvalidEventError as error:
        return Ended(None, error="InvalidRequestError", cause=str(error))


def _execute(plan: RunPlan, view: View) -> Ended:
    steps = HandlerSteps(Watch(view), FolderRecords(plan.folder))
    with start_cloud(plan, handler_of=steps.handler_of) as cloud:
        cloud.restore_run(plan.request.run_id, plan.request.output_s3_key_prefix)
        started_at = datetime.now(UTC)
        execution = cloud.start("loop", plan.execution_name, plan.event)
        try:
            return _read_end(plan, cloud.wait(execution))
        except KeyboardInterrupt:
            view.line("interrupted: stopping after the call under way (Ctrl-C again to leave at once)")
            view.step("stopping")
            cloud.stop(execution)
            cloud.wait(execution)
            return _conclude_interrupted(plan, steps, started_at)


def _conclude_interrupted(plan: RunPlan, steps: HandlerSteps, started_at: datetime) -> Ended:
    if steps.conclusion:
        # The run had ended before the signal came.
        return _read_conclusion(plan, steps.conclusion)
    event: ConcludeEvent = {
        "run": RunState.of(plan.request).to_state(),
        "unprepared": None,
        "estimate": None,
        "ending": ERROR.name,
        "fault": {"error": "Interrupted", "cause": "Interrupted; start it again with the same run_id to go on."},
        "execution": {"name": plan.execution_name, "started_at": started_at.isoformat()},
    }
    boto3.client("lambda").invoke(FunctionName="conclude", Payload=json.dumps(event).encode())
    ended = _read_conclusion(plan, steps.conclusion or {})
    return Ended(ended.result, ended.is_recorded, is_interrupted=True)


def _read_conclusion(plan: RunPlan, answer: dict[str, Any]) -> Ended:
    cut = answer.get("result") or object_in(answer.get("cause"))
    return _read_result(plan, cut) if cut else Ended(None)


def _read_end(plan: RunPlan, outcome: Outcome) -> Ended:
    if cut := outcome.told():
        return _read_result(plan, cut)
    return Ended(None, error=outcome.error or outcome.status, cause=outcome.cause or "")


def _read_result(plan: RunPlan, cut: dict[str, Any]) -> Ended:
    # Without `result_s3_uri`, this execution wrote no result.json. A result.json in the folder is another execution's.
    if not cut.get("result_s3_uri"):
        return Ended(cut)
    return Ended(cast(dict[str, Any], json.loads((plan.folder / RESULT).read_bytes())), is_recorded=True)
