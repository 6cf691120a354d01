"""`retake run`: one event to one judged picture."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from retake.commands.options import Bedrock, EventFile, Faults, Out, ResultAsJson
from retake.view import exit_codes
from retake.view.output import answer, failed, say, to_json, unexpected
from retake.view.signals import interrupts

if TYPE_CHECKING:
    from retake.laptop.run_plan import RunPlan
    from retake.view.run_ending import Ended
    from retake.view.run_files import RunFiles


def run(
    event: EventFile,
    out: Out = Path("out"),
    as_json: ResultAsJson = False,
    bedrock: Bedrock = "local",
    faults: Faults = None,
) -> int:
    """Run the real state machine on this machine, from one event to one judged picture.

    \b
    Examples:
      retake run events/aurora-ja.json
      retake run events/simple-en.json --json > result.json
      retake run events/every-2024-field.json --out ~/pictures
      echo '{"prompt": "two red circles"}' | retake run -
      AWS_PROFILE=studio retake run events/simple-en.json --bedrock aws

    Progress goes to standard error. Standard output holds the report's path, or with --json one JSON document: the
    result, whatever the exit code; nothing when the run was refused or broke off before it had a result.

    \b
    Exit codes:
      0    accepted (also a dry run, and a duplicate of a scheduled run)
      1    not accepted: limits, content filter or budget; the best picture is kept
      2    bad input, or a bad command line
      3    a fault: the models, the credentials, this machine
      130  interrupted; the pictures are kept, and the same run_id goes on from them

    RETAKE_* variables set what a deployment's settings would, e.g. RETAKE_MAX_COST_USD_PER_RUN=0.5.
    """  # noqa: D301 - \b is how a paragraph asks not to be wrapped
    from retake.laptop.run_plan import plan_run

    plan = plan_run(event, out, bedrock, faults, os.environ)
    try:
        return _run(plan, as_json)
    except Exception as error:
        return unexpected(error, plan.log_path)


def _run(plan: "RunPlan", as_json: bool) -> int:
    from retake.view.progress import view_on

    view = view_on(sys.stderr)
    view.step("starting")
    with closing(view), interrupts(view.leave):
        from retake.laptop.run import execute_run

        ended = execute_run(plan, view)
    return tell_run(ended, plan.files, plan.source, as_json)


def tell_run(ended: "Ended", files: "RunFiles", source: str, as_json: bool) -> int:
    """Tell how a run has ended, here or on a stack; the exit code. `source` is what the user knows its event by."""
    from retake.view.run_ending import summary

    for line in summary(files, ended):
        say(line)
    if ended.fault:
        failed(f"{source}: {ended.fault}" if ended.exit_code == exit_codes.BAD_INPUT else ended.fault)
    if as_json and ended.result:
        answer(to_json(ended.result))
    elif ended.is_recorded and not as_json:
        answer(os.fsencode(files.report))
    return ended.exit_code
