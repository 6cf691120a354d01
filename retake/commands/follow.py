"""`retake follow`: follow an execution on a deployed stack, whatever started it."""

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from lambdas.core.runtime.batch_paths import SUMMARY
from retake.commands.options import Region, StackName
from retake.view.output import print_faults
from retake.view.signals import interrupts

if TYPE_CHECKING:
    from retake.deployed.execution import Execution
    from retake.deployed.stack import DeployedStack


def follow(
    execution: Annotated[str, typer.Argument(metavar="EXECUTION", help="The name or ARN of the execution.")],
    stack: StackName,
    region: Region = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=f"Print the whole result.json, or {SUMMARY}, on standard output.")
    ] = False,
) -> int:
    """Follow a run or a batch on a deployed stack.

    A command, a schedule or a file in batches/ may have started it.

    The progress of a run is shown from its start, also if the run has ended. Ctrl-C stops only the following.

    \b
    Examples:
      retake follow simple-en-20261121T060000Z-3f9c --stack Retake
      retake follow arn:aws:states:us-east-1:123456789012:execution:Loop:morning --stack Retake --json

    Standard output and exit codes are those of `retake start` or `retake batch`.
    """  # noqa: D301
    from retake.deployed.stack import DeployedStack

    deployed = DeployedStack(stack, region)
    found = deployed.find_execution(execution)
    follow_execution = _follow_batch if found.is_batch else _follow_run
    return follow_execution(deployed, found.execution, as_json)


def _follow_run(stack: "DeployedStack", execution: "Execution", as_json: bool) -> int:
    from retake.deployed.aws import StackError
    from retake.deployed.interruption import report_interruption
    from retake.deployed.run import follow_run
    from retake.view.progress import make_view
    from retake.view.run_ending import print_run_ending

    view = make_view(sys.stderr)
    try:
        with closing(view), interrupts(view.abort):
            followed = follow_run(stack, execution, view)
    except (KeyboardInterrupt, StackError) as fault:
        return report_interruption(fault, stack, execution, execution.name)
    return print_run_ending(followed.ending, followed.files, lambda fault: f"{execution.name}: {fault}", as_json)


def _follow_batch(stack: "DeployedStack", execution: "Execution", as_json: bool) -> int:
    from lambdas.core.runtime.errors import InvalidRequestError
    from retake.deployed.aws import StackError
    from retake.deployed.batch import follow_batch
    from retake.deployed.interruption import report_interruption
    from retake.view.batch_ending import print_batch_ending
    from retake.view.batch_progress import make_batch_view

    view = make_batch_view(sys.stderr)
    try:
        with closing(view), interrupts(view.close):
            followed = follow_batch(stack, execution, view)
    except InvalidRequestError as error:
        return print_faults(execution.name, str(error))
    except (KeyboardInterrupt, StackError) as fault:
        return report_interruption(fault, stack, execution, execution.name)
    return print_batch_ending(followed.ending, execution.name, followed.results_uri, as_json)
