"""A run on this machine: execute it to its end, or until Ctrl-C, and read its result."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3

from lambdas.conclude.contract import ConcludeEvent
from lambdas.core.batch.spending import read_spending
from lambdas.core.run.state import RunState
from lambdas.core.run.statuses import ERROR
from lambdas.core.runtime.records import RESULT
from retake.emulator.cloud import InvalidEventError
from retake.emulator.environment import NoCredentialsError
from retake.inputs.pictures import PICTURE_BUCKET
from retake.laptop.cloud import start_cloud
from retake.laptop.disk import Disk
from retake.laptop.locks import lock_run
from retake.laptop.records import LocalFolder
from retake.laptop.run_plan import RunPlan
from retake.laptop.steps import HandlerSteps
from retake.view.outcome import INTERRUPTED, Outcome
from retake.view.progress import View
from retake.view.run_ending import RunEnding, read_run_ending
from retake.view.run_watch import RunWatch


def execute_run(plan: RunPlan, view: View) -> RunEnding:
    """Run the event to its end, and return how it ended.

    Ctrl-C (`KeyboardInterrupt`) stops the run after the call in flight, whose picture is kept. Conclude then writes the
    result.

    Raises:
        InUseError: another process runs the run, or its batch, in this folder. Two would pay for every step twice.
        KeyboardInterrupt: interrupted before the run was started.
    """
    disk = Disk(plan.out)
    try:
        return replace(_execute(plan, view, disk), lost=disk.lost)
    except NoCredentialsError as error:
        return RunEnding(None, error="NoCredentialsError", cause=str(error))
    except InvalidEventError as error:
        return RunEnding(None, error="InvalidRequestError", cause=str(error))
    except OSError as error:
        # The lock, the log: a full disk, or a folder that became read-only.
        return RunEnding(None, error=type(error).__name__, cause=str(error), lost=disk.lost)


def _execute(plan: RunPlan, view: View, disk: Disk) -> RunEnding:
    watch, request = RunWatch(view), plan.request
    steps = HandlerSteps(watch, LocalFolder.at(plan.folder), disk.handler_of)
    with lock_run(plan), start_cloud(plan, handler_of=steps.handler_of) as cloud:
        if cloud.restore_run(request.run_id, request.output_s3_key_prefix):
            watch.earlier = read_spending(RunState.of(request).folder)
        for picture in plan.pictures:
            cloud.clients.s3.put_object(Bucket=PICTURE_BUCKET, Key=picture.key, Body=picture.path.read_bytes())
        started_at = datetime.now(UTC)
        execution = None
        try:
            execution = cloud.start("loop", plan.execution_name, plan.event)
            ending = read_run_ending(cloud.wait(execution), lambda _: _read_result(plan))
        except KeyboardInterrupt:
            if execution is None:
                raise
            view.line("interrupted: stopping after the call in flight (Ctrl-C again to quit at once)")
            view.step("stopping")
            cloud.stop(execution)
            cloud.wait(execution)
            ending = _conclude_interrupted(plan, steps, started_at)
        return replace(ending, earlier=watch.earlier)


def _conclude_interrupted(plan: RunPlan, steps: HandlerSteps, started_at: datetime) -> RunEnding:
    if steps.conclusion:
        # The run had ended before the signal came.
        return read_run_ending(_outcome_of(steps.conclusion), lambda _: _read_result(plan))
    event: ConcludeEvent = {
        "run": RunState.of(plan.request).to_state(),
        "unprepared": None,
        "estimate": None,
        "ending": ERROR.name,
        "fault": {"error": INTERRUPTED, "cause": "Interrupted. Start it again with the same run_id to resume."},
        "execution": {"name": plan.execution_name, "started_at": started_at.isoformat()},
    }
    boto3.client("lambda").invoke(FunctionName="conclude", Payload=json.dumps(event).encode())
    ending = read_run_ending(_outcome_of(steps.conclusion or {}), lambda _: _read_result(plan))
    return RunEnding(ending.result, ending.is_recorded, is_interrupted=True)


def _outcome_of(conclusion: dict[str, Any]) -> Outcome:
    """Return the outcome that the state machine gives an execution after this answer of Conclude."""
    if conclusion.get("result"):
        return Outcome("SUCCEEDED", output=conclusion["result"])
    return Outcome("FAILED", error=conclusion.get("error"), cause=conclusion.get("cause"))


def _read_result(plan: RunPlan) -> dict[str, Any]:
    return LocalFolder.at(plan.folder).require_json(RESULT)
