"""`retake stop`: an execution of a deployed stack is to end, and what it has made is kept."""

from typing import Annotated

import typer

from retake.commands.options import Region, StackName
from retake.view import exit_codes
from retake.view.output import say


def stop(
    execution: Annotated[str, typer.Argument(metavar="EXECUTION", help="Its name, or its ARN.")],
    stack: StackName,
    region: Region = None,
) -> int:
    """Stop a run or a batch on a deployed stack, as StopExecution does. What it has made so far is kept.

    The calls under way end by themselves, are paid for and kept as well. Wait for them (10 minutes at most) before you
    start the same run or batch again: it goes on from its records.

    \b
    Examples:
      retake stop prompts-20261121T060000Z-3f9c --stack Retake
      retake stop arn:aws:states:us-east-1:123456789012:execution:Batch:prompts --stack Retake

    \b
    Exit codes:
      0    stopped, or it had ended before
      2    no such execution or stack, or a bad command line
      3    a fault: the credentials, AWS
    """  # noqa: D301
    from retake.deployed.stack import DeployedStack

    found = DeployedStack(stack, region).find_execution(execution)
    if outcome := found.execution.outcome():
        say(f"it had ended before: {outcome.status}")
        return exit_codes.ACCEPTED
    found.execution.stop()
    say(f"stopped  {found.execution.arn}")
    again = "upload its manifest again" if found.is_batch else "start the same event with its run_id"
    say(f"what it made is kept; to go on, wait for the calls under way (10 minutes at most) and {again}")
    return exit_codes.ACCEPTED
