"""An execution of a stack by its name, whichever of the two machines it is of."""

from dataclasses import dataclass

from retake.deployed.aws import StackError
from retake.deployed.execution import Execution
from retake.deployed.stack import DeployedStack
from retake.view import exit_codes


@dataclass(frozen=True)
class Found:
    """The execution, and what it is."""

    execution: Execution
    is_batch: bool


def found_on(stack: DeployedStack, name: str) -> Found:
    """The execution of this name, or ARN.

    Raises:
        StackError: the stack has none, or AWS cannot be asked.
    """
    for output, is_batch in (("StateMachineArn", False), ("BatchStateMachineArn", True)):
        if execution := Execution.found(stack.aws.stepfunctions, stack.output(output), name):
            return Found(execution, is_batch)
    said = f"the stack {stack.name!r} in {stack.aws.region} has no execution {name!r}; AWS keeps one for 90 days"
    raise StackError(said, exit_codes.BAD_INPUT)
