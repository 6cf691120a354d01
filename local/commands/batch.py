"""`retake batch`: a file of requests."""

import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from local import exit_codes
from local.signals import interrupts
from local.telling import answer, failed, say, unexpected

if TYPE_CHECKING:
    from local.batch.plan import BatchPlan


def batch(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="A .jsonl, .json or .csv file of requests.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where pictures and records go.")] = Path("out"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole summary.json on standard output.")] = False,
    bedrock: Annotated[
        Literal["local", "aws"],
        typer.Option(help="The stand-in on this machine, or Amazon Bedrock by boto3's credentials."),
    ] = "local",
    max_concurrency: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Items at once (default: by the model's quota).")
    ] = None,
    faults: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", envvar="RETAKE_FAULTS", help="The stand-in's fault script (with --bedrock local)."
        ),
    ] = None,
) -> int:
    """Run a file of requests on this machine, by the same state machine as in AWS.

    A line is a request, as an event is; it may have an `id`. NAME.defaults.json beside NAME.jsonl may hold
    defaults for every line. Lines that cannot be run go to rejected.jsonl with the reason. The same command again
    goes on where it stopped: what was accepted is not run again, and nothing is paid twice.

    \b
    Examples:
      retake batch events/batch.jsonl
      retake batch prompts.csv --max-concurrency 4 --out ~/pictures
      retake batch prompts.jsonl --json | jq .accepted

    Progress goes to standard error. Standard output holds the path of results.csv, or with --json the summary.

    \b
    Exit codes:
      0    every line has an accepted picture
      1    some have not
      2    nothing could run: bad input, or a bad command line
      3    a fault: the models, the credentials, this machine
      130  interrupted; what has ended is kept
    """  # noqa: D301
    from local.batch.plan import planned_batch
    from local.plan import BadInputError

    try:
        plan = planned_batch(manifest, out, bedrock, faults, max_concurrency, os.environ)
    except BadInputError as error:
        return failed(str(error), exit_codes.BAD_INPUT)
    try:
        return _run_batch(plan, as_json)
    except Exception as error:
        return unexpected(error, plan.log_path)


def _run_batch(plan: "BatchPlan", as_json: bool) -> int:
    from local.batch.progress import batch_view_on

    view = batch_view_on(sys.stderr)
    with closing(view), interrupts(view.close):
        from local.batch.run import batch_told, run_batch

        ended = run_batch(plan, view)
    from local.progress import printable

    for line in batch_told(plan, ended):
        say(printable(line))
    if ended.error:
        failed(f"{plan.manifest}: {ended.error}")
    if ended.summary and as_json:
        answer(json.dumps(ended.summary, ensure_ascii=False, indent=2).encode())
    elif ended.summary and (plan.folder / "results.csv").exists():
        answer(os.fsencode(plan.folder / "results.csv"))
    return ended.exit_code
