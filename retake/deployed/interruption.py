"""Hints for an execution that is no longer followed: how to follow it again, and how to stop it."""

from collections.abc import Iterator

from retake.deployed.aws import StackError
from retake.deployed.execution import Execution
from retake.deployed.stack import DeployedStack
from retake.view import exit_codes
from retake.view.output import print_stderr


def report_interruption(
    fault: KeyboardInterrupt | StackError, stack: DeployedStack, execution: Execution | None, name: str | None
) -> int:
    """Print how to follow or stop the execution, then return the exit code of an interruption.

    execution: None if AWS has not confirmed the start.
    name: the execution's name; None if its start was not requested.

    Raises:
        StackError: `fault`, if it is one, after the lines are printed.
    """
    for line in _hints(fault, stack, execution, name):
        print_stderr(line)
    if isinstance(fault, StackError):
        raise fault
    return exit_codes.INTERRUPTED


def _hints(
    fault: KeyboardInterrupt | StackError, stack: DeployedStack, execution: Execution | None, name: str | None
) -> Iterator[str]:
    if execution:
        state = "may still be running" if isinstance(fault, StackError) else "continues"
        yield f"no longer followed; the execution {state} in AWS: {execution.arn}"
        yield f"follow it  retake follow {execution.name} --stack {stack.name} --region {stack.aws.region}"
        yield f"stop it    retake stop {execution.name} --stack {stack.name} --region {stack.aws.region}"
    elif isinstance(fault, StackError) and fault.code:
        return  # AWS refused the start, and the error says so.
    elif name:
        yield f"not followed; if AWS has started the execution, its name is {name}"
    else:
        yield "nothing was started"
