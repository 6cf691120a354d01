"""When an execution is no longer followed, though it may go on: what to do with it."""

from collections.abc import Iterator

from retake.deployed.aws import StackError
from retake.deployed.execution import Execution
from retake.deployed.stack import DeployedStack
from retake.view import exit_codes
from retake.view.output import say


def left(
    fault: KeyboardInterrupt | StackError, stack: DeployedStack, execution: Execution | None, name: str | None
) -> int:
    """Say it, and give the exit code of an interruption; a fault of AWS's is raised again.

    execution: None where AWS has not said that it runs. name: its name; None where it was not asked to.
    """
    for line in _told(fault, stack, execution, name):
        say(line)
    if isinstance(fault, StackError):
        raise fault
    return exit_codes.INTERRUPTED


def _told(
    fault: KeyboardInterrupt | StackError, stack: DeployedStack, execution: Execution | None, name: str | None
) -> Iterator[str]:
    if execution:
        how = "may go on" if isinstance(fault, StackError) else "goes on"
        yield f"no longer followed; it {how} in AWS as {execution.arn}"
        yield f"follow it  retake follow {execution.name} --stack {stack.name} --region {stack.aws.region}"
        yield f"stop it    retake stop {execution.name} --stack {stack.name} --region {stack.aws.region}"
    elif isinstance(fault, StackError) and fault.code:
        return  # AWS has refused it, and that is told.
    elif name:
        yield f"not followed; if it was started after all, its name is {name}"
    else:
        yield "nothing was started"
