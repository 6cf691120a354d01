"""A run on a deployed stack: started, followed to its end, and its result read from S3."""

from dataclasses import dataclass, replace
from typing import Any

from lambdas.core.storage.run_folder import RESULT
from retake.deployed.aws import StackError
from retake.deployed.event import CheckedEvent
from retake.deployed.execution import Execution
from retake.deployed.polling import Pace
from retake.deployed.records import S3Records
from retake.deployed.stack import DeployedStack
from retake.deployed.steps import Steps
from retake.view.outcome import Outcome
from retake.view.progress import View
from retake.view.run_ending import Ended
from retake.view.run_files import RunFiles
from retake.view.run_watch import Watch

_SHORTEST_POLL_S, _LONGEST_POLL_S = 1.0, 2.0


@dataclass(frozen=True)
class StackRun:
    """A run that was followed to its end."""

    ended: Ended
    files: RunFiles


def start_on(stack: DeployedStack, checked: CheckedEvent) -> Execution:
    """Start the event's execution.

    Raises:
        StackError: the stack has no machine for it, or does not take it.
    """
    machine_arn = stack.output("StateMachineArn")
    return Execution.start(stack.aws.stepfunctions, machine_arn, checked.execution_name, checked.event)


def follow(stack: DeployedStack, execution: Execution, view: View) -> StackRun:
    """Tell the view what the run does until it has ended. Ctrl-C interrupts the following, not the run.

    Raises:
        StackError: AWS cannot be asked any more.
    """
    view.step("starting")
    steps = Steps(Watch(view), lambda run: _records(stack, run))
    pace, has_fault = Pace(_SHORTEST_POLL_S, _LONGEST_POLL_S), False
    while True:
        # Before the history: what an execution did before it ended is in what is read after.
        outcome = execution.outcome()
        count = 0
        for event in execution.new_events():
            count += 1
            try:
                steps.take(event)
            except (StackError, LookupError, TypeError, ValueError) as fault:
                # A caller who may not read the records still learns how the run ended.
                if not has_fault:
                    view.line(f"progress is told without its details: {fault}")
                has_fault = True
        if outcome:
            return _ended(stack, outcome, steps.run)
        pace.wait(something_new=count > 0)


def _ended(stack: DeployedStack, outcome: Outcome, run: dict[str, Any] | None) -> StackRun:
    folder_uri = _records(stack, run).folder_uri if run else None
    run_id = str(run["run_id"]) if run else ""
    files = RunFiles(run_id, folder_uri, "the deployment's max_cost_usd_per_run")
    cut = outcome.told()
    if cut is None:
        return StackRun(_without_result(outcome), files)
    uri = cut.get("result_s3_uri")
    # Without an address of its own it wrote no record: what lies there, if anything, is another execution's.
    if not uri:
        return StackRun(Ended(cut), files)
    folder_uri = str(uri).removesuffix(f"/{RESULT}")
    bucket, _, folder = folder_uri.removeprefix("s3://").partition("/")
    try:
        result = S3Records(stack.aws.s3, bucket, folder).read(RESULT)
    except StackError as fault:
        result = {**cut, "warnings": [*cut["warnings"], f"cut to size, since {uri} could not be read: {fault}"]}
    return StackRun(Ended(result, is_recorded=True), replace(files, run_id=str(result["run_id"]), folder=folder_uri))


def _without_result(outcome: Outcome) -> Ended:
    if outcome.status == "ABORTED" and not outcome.cause:
        said = "the execution was stopped; what was made is kept, and the same run_id goes on from it"
        return Ended(None, error=outcome.error or "Stopped", cause=said)
    return Ended(None, error=outcome.error or outcome.status, cause=outcome.cause or "")


def _records(stack: DeployedStack, run: dict[str, Any]) -> S3Records:
    return S3Records(stack.aws.s3, run["bucket"], f"{run['prefix']}/{run['run_id']}")
