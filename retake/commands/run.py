"""`retake run`: run one event on this machine."""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retake.commands.options import Bedrock, Event, Faults, Out, ResultAsJson, event_options
from retake.view.output import report_bug
from retake.view.signals import early_interrupts, interrupts

if TYPE_CHECKING:
    from retake.laptop.run_plan import RunPlan


@event_options
def run(
    event: Event,
    options: dict[str, Any],
    out: Out = Path("out"),
    as_json: ResultAsJson = False,
    bedrock: Bedrock = "local",
    faults: Faults = None,
) -> int:
    """Run a prompt or an event here, to one judged picture.

    The shipped state machine and functions run on this machine.

    \b
    Examples:
      retake run "three red circles left of a blue square"
      retake run "two red circles" --attempts 3 --revisions 1 --seed 7 --max-cost 0.5
      retake run "two red circles" --size 1024x1024 --dry-run
      retake run events/aurora-ja.json
      retake run events/simple-en.json --seed 7 --json > result.json
      echo '{"prompt": "two red circles"}' | retake run - --out ~/pictures
      AWS_PROFILE=studio retake run events/simple-en.json --bedrock aws

    An option overrides the event's field. A prompt that begins with a dash follows -- (retake run -- "-5 degrees").

    Progress goes to standard error. Standard output gets the path of the report, or with --json the result, whatever
    the exit code; of a dry run, the estimate. It stays empty if the run was refused, or failed before it had a result.

    \b
    Exit codes:
      0    accepted (also a dry run, and a duplicate of a scheduled run)
      1    not accepted: limits, content filter, budget, or the judge is uncertain; the
           best picture is kept
      2    bad input, or a bad command line
      3    a fault: the models, the credentials, this machine
      130  interrupted; the pictures are kept, and the same run_id resumes the run

    RETAKE_* variables replace the settings of a deployment, e.g. RETAKE_MAX_COST_USD_PER_RUN=0.5. A retake.toml has
    your defaults (docs/cli.md).
    """  # noqa: D301 - \b keeps a paragraph from being wrapped
    with early_interrupts("the run"):
        return _plan_and_run(event, options, out, as_json, bedrock, faults)


def _plan_and_run(
    event: str, options: dict[str, Any], out: Path, as_json: bool, bedrock: str, faults: Path | None
) -> int:
    from lambdas.core.runtime.errors import RecordError
    from retake.inputs.config import load_config
    from retake.inputs.event import read_input_event
    from retake.laptop.run_plan import plan_run
    from retake.view.errors import CommandError

    config = load_config()
    given = read_input_event(event, options, config, os.environ)
    plan = plan_run(given, out, bedrock, faults, config.environment(os.environ))
    try:
        return _run(plan, given.name_fault, as_json)
    except (CommandError, RecordError):
        raise
    except Exception as error:
        return report_bug(error, plan.log_path)


def _run(plan: "RunPlan", name_fault: Callable[[str], str], as_json: bool) -> int:
    from retake.view.progress import make_view
    from retake.view.run_ending import print_run_ending

    view = make_view(sys.stderr)
    view.step("starting")
    with closing(view), interrupts(view.abort):
        from retake.laptop.run import execute_run

        ending = execute_run(plan, view)
    return print_run_ending(ending, plan.files, name_fault, as_json)
