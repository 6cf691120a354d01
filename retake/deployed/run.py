"""A run on a deployed stack: start it, follow it to its end, and read its result."""

from dataclasses import dataclass, replace
from typing import Any

from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.records import RESULT, folder_of
from retake.deployed.aws import StackError, errors_of
from retake.deployed.execution import Execution
from retake.deployed.polling import Pace
from retake.deployed.records import StackFolder
from retake.deployed.run_plan import RunPlan
from retake.deployed.stack import DeployedStack
from retake.deployed.steps import HistorySteps
from retake.inputs.pictures import readdress
from retake.view.outcome import Outcome
from retake.view.progress import View
from retake.view.run_ending import RunEnding, read_run_ending
from retake.view.run_files import RunFiles
from retake.view.run_watch import RunWatch

_SHORTEST_POLL_S, _LONGEST_POLL_S = 1.0, 2.0


@dataclass(frozen=True)
class FollowedRun:
    """A run that was followed to its end."""

    ending: RunEnding
    files: RunFiles


def start_run(stack: DeployedStack, plan: RunPlan) -> Execution:
    """Upload the source pictures beside the event, and start the run.

    Raises:
        StackError: the stack has no loop machine, S3 refuses a picture, or Step Functions refuses the start.
    """
    machine_arn, event = stack.output("StateMachineArn"), plan.event
    if plan.pictures:
        bucket = stack.output("BucketName")
        for picture in plan.pictures:
            with errors_of("s3", f"s3://{bucket}/{picture.key}"):
                stack.aws.s3.upload_file(str(picture.path), bucket, picture.key)
        event = readdress(event, plan.pictures, bucket)
    return Execution.start(stack.aws.stepfunctions, machine_arn, plan.execution_name, event)


def follow_run(stack: DeployedStack, execution: Execution, view: View) -> FollowedRun:
    """Report the run's steps to the view until the run has ended. Ctrl-C stops the following, not the run.

    Raises:
        StackError: a call to AWS failed.
    """
    view.step("starting")
    steps = HistorySteps(RunWatch(view), lambda run: _records(stack, run))
    pace, has_failed = Pace(_SHORTEST_POLL_S, _LONGEST_POLL_S), False
    while True:
        # Before the history is read, so that the history of an ended execution is read to its end.
        outcome = execution.outcome()
        count = 0
        for event in execution.new_events():
            count += 1
            try:
                steps.report(event)
            except (StackError, RecordError, LookupError, TypeError, ValueError) as fault:
                # A caller who may not read the records is still shown how the run ended.
                if not has_failed:
                    view.line(f"progress is shown without details: {fault}")
                has_failed = True
        if outcome:
            return _read_end(stack, outcome, steps.run)
        pace.wait(has_changed=count > 0)


def _read_end(stack: DeployedStack, outcome: Outcome, run: dict[str, Any] | None) -> FollowedRun:
    if outcome.status == "ABORTED":
        cause = (outcome.cause or "the execution was stopped").rstrip(".")
        cause += "; its pictures are kept, and a new run with the same run_id reuses them"
        outcome = replace(outcome, error=outcome.error or "Stopped", cause=cause)
    ending = read_run_ending(outcome, lambda shortened: _read_result(stack, shortened))
    run_id, folder_uri = "", None
    if ending.result and ending.is_recorded:
        run_id, folder_uri = str(ending.result["run_id"]), _folder_uri(outcome.result_or_summary() or {})
    elif run:
        run_id, folder_uri = str(run["run_id"]), _records(stack, run).s3_uri("").rstrip("/")
    return FollowedRun(ending, RunFiles(run_id, folder_uri))


def _read_result(stack: DeployedStack, shortened: dict[str, Any]) -> dict[str, Any]:
    """Read result.json. A caller who may not read it gets the shortened result, with a warning."""
    records = StackFolder(*folder_of(str(shortened["result_s3_uri"])), stack.aws.s3)
    try:
        return records.require_json(RESULT)
    except (StackError, RecordError) as fault:
        warning = f"the result is shortened: {records.s3_uri(RESULT)} could not be read: {fault}"
        return {**shortened, "warnings": [*shortened["warnings"], warning]}


def _folder_uri(shortened: dict[str, Any]) -> str:
    return str(shortened["result_s3_uri"]).removesuffix(f"/{RESULT}")


def _records(stack: DeployedStack, run: dict[str, Any]) -> StackFolder:
    return StackFolder(run["bucket"], run["prefix"], run["run_id"], stack.aws.s3)
