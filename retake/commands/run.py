"""`retake run`: run one event on this machine."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from retake.commands.options import Bedrock, EventFile, Faults, Out, ResultAsJson
from retake.view import exit_codes
from retake.view.output import print_error, print_stderr, report_bug, to_json, write_stdout
from retake.view.signals import interrupts

if TYPE_CHECKING:
    from retake.laptop.run_plan import RunPlan
    from retake.view.run_ending import RunEnding
    from retake.view.run_files import RunFiles


def run(
    event: EventFile,
    out: Out = Path("out"),
    as_json: ResultAsJson = False,
    bedrock: Bedrock = "local",
    faults: Faults = None,
) -> int:
    """Run an event with the shipped state machine on this machine, to one judged picture.

    \b
    Examples:
      retake run events/aurora-ja.json
      retake run events/simple-en.json --json > result.json
      retake run events/every-2024-field.json --out ~/pictures
      echo '{"prompt": "two red circles"}' | retake run -
      AWS_PROFILE=studio retake run events/simple-en.json --bedrock aws

    Progress goes to standard error. Standard output gets the path of the report, or with --json the result, whatever
    the exit code. It stays empty if the run was refused, or failed before it had a result.

    \b
    Exit codes:
      0    accepted (also a dry run, and a duplicate of a scheduled run)
      1    not accepted: limits, content filter, budget, or the judge is uncertain; the
           best picture is kept
      2    bad input, or a bad command line
      3    a fault: the models, the credentials, this machine
      130  interrupted; the pictures are kept, and the same run_id resumes the run

    RETAKE_* variables replace the settings of a deployment, e.g. RETAKE_MAX_COST_USD_PER_RUN=0.5.
    """  # noqa: D301 - \b keeps a paragraph from being wrapped
    from retake.laptop.run_plan import plan_run
    from retake.view.errors import CommandError

    plan = plan_run(event, out, bedrock, faults, os.environ)
    try:
        return _run(plan, as_json)
    except CommandError:
        raise
    except Exception as error:
        return report_bug(error, plan.log_path)


def _run(plan: "RunPlan", as_json: bool) -> int:
    from retake.view.progress import make_view

    view = make_view(sys.stderr)
    view.step("starting")
    with closing(view), interrupts(view.abort):
        from retake.laptop.run import execute_run

        ending = execute_run(plan, view)
    return print_run_ending(ending, plan.files, plan.source, as_json)


def print_run_ending(ending: "RunEnding", files: "RunFiles", source: str, as_json: bool) -> int:
    """Print how a run ended, and return the exit code. `source` is the name of the event or execution in error messages."""
    from retake.view.run_ending import format_run_ending

    for line in format_run_ending(files, ending):
        print_stderr(line)
    if ending.fault:
        print_error(f"{source}: {ending.fault}" if ending.exit_code == exit_codes.BAD_INPUT else ending.fault)
    if as_json and ending.result:
        write_stdout(to_json(ending.result))
    elif ending.is_recorded and not as_json:
        write_stdout(os.fsencode(files.report))
    return ending.exit_code
