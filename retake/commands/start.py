"""`retake start`: run one event on a deployed stack."""

import sys
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from retake.commands.options import Event, Region, ResultAsJson, StackName, event_options
from retake.view.output import print_stderr
from retake.view.signals import interrupts

if TYPE_CHECKING:
    from retake.deployed.run_plan import RunPlan


@event_options
def start(
    event: Event,
    options: dict[str, Any],
    stack: StackName,
    region: Region = None,
    as_json: ResultAsJson = False,
) -> int:
    """Start a run on a deployed stack and follow it to its end.

    An option overrides the event's field. The event is checked here first, as far as possible without the settings of the deployment. Credentials, profile
    and Region are boto3's (AWS_PROFILE, AWS_DEFAULT_REGION, …). docs/iam.md lists the permissions that you need.

    \b
    Examples:
      retake start "three red circles" --stack Retake --max-cost 0.5
      retake start events/simple-en.json --stack Retake
      retake start events/aurora-ja.json --stack Retake --region eu-central-1 --json > result.json
      echo '{"prompt": "two red circles"}' | AWS_PROFILE=studio retake start - --stack Retake

    Progress goes to standard error, as for a run on this machine. Standard output gets the s3:// address of the report,
    or with --json the result; of a dry run, the estimate. Ctrl-C stops only the following; the run continues. The command then prints how to follow
    it again and how to stop it.

    \b
    Exit codes:
      0    accepted (also a dry run, and a duplicate of a scheduled run)
      1    not accepted: limits, content filter, budget, or the judge is uncertain; the
           best picture is kept
      2    bad input, no such stack, or a bad command line
      3    a fault: the models, the credentials, AWS, a run that was stopped
      130  interrupted; the run continues
    """  # noqa: D301 - \b keeps a paragraph from being wrapped
    from retake.deployed.run_plan import plan_run
    from retake.inputs.config import load_config
    from retake.inputs.event import read_input_event

    given = read_input_event(event, options, load_config(), {})
    return _start(plan_run(given), given.name_fault, stack, region, as_json)


def _start(
    plan: "RunPlan", name_fault: Callable[[str], str], stack_name: str, region: str | None, as_json: bool
) -> int:
    from retake.deployed.aws import StackError
    from retake.deployed.interruption import report_interruption
    from retake.deployed.run import follow_run, start_run
    from retake.deployed.stack import DeployedStack
    from retake.view.progress import make_view
    from retake.view.run_ending import print_run_ending

    stack = DeployedStack(stack_name, region)
    execution = None
    try:
        with interrupts(lambda: None):
            execution = start_run(stack, plan)
        # Not with the view, which would wrap the address at the edge of the terminal.
        print_stderr(f"started  {execution.arn}")
        view = make_view(sys.stderr)
        with closing(view), interrupts(view.abort):
            followed = follow_run(stack, execution, view)
    except (KeyboardInterrupt, StackError) as fault:
        return report_interruption(fault, stack, execution, plan.execution_name)
    return print_run_ending(followed.ending, followed.files, name_fault, as_json)
