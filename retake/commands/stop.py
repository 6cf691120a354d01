"""`retake stop`: stop an execution on a deployed stack, and keep its records."""

from typing import Annotated

import typer

from retake.commands.options import Region, StackName
from retake.view import exit_codes
from retake.view.output import print_stderr


def stop(
    execution: Annotated[str, typer.Argument(metavar="EXECUTION", help="The name or ARN of the execution.")],
    stack: StackName,
    region: Region = None,
) -> int:
    """Stop a run or a batch on a deployed stack.

    It does what StopExecution does. Pictures and records are kept.

    Calls in flight still end, are paid for, and their results are kept. Wait for them (10 minutes at most) before you
    start the same run or batch again; it resumes from its records.

    \b
    Examples:
      retake stop prompts-20261121T060000Z-3f9c --stack Retake
      retake stop arn:aws:states:us-east-1:123456789012:execution:Batch:prompts --stack Retake

    \b
    Exit codes:
      0    stopped, or it had already ended
      2    no such execution or stack, or a bad command line
      3    a fault: the credentials, AWS
    """  # noqa: D301
    from retake.deployed.stack import DeployedStack

    found = DeployedStack(stack, region).find_execution(execution)
    if outcome := found.execution.outcome():
        print_stderr(f"already ended: {outcome.status}")
        return exit_codes.ACCEPTED
    found.execution.stop()
    print_stderr(f"stopped  {found.execution.arn}")
    again = "upload its manifest again" if found.is_batch else "start the same event with its run_id"
    print_stderr(f"its records are kept; to resume, wait for calls in flight (10 minutes at most), then {again}")
    return exit_codes.ACCEPTED
