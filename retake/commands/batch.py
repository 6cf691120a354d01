"""`retake batch`: a file of requests."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lambdas.core.runtime.batch_paths import CSV, JSON_ARRAY, JSON_LINES, SUMMARY
from retake.commands.options import Bedrock, Faults, Out, Region
from retake.view import exit_codes
from retake.view.output import answer, failed, say, to_json, unexpected
from retake.view.signals import interrupts

if TYPE_CHECKING:
    from retake.laptop.batch_plan import BatchPlan
    from retake.view.batch_ending import BatchEnded

# What a stack decides for itself, and where else its owner sets it.
_NOT_WITH_STACK = {
    "out": "--out: a stack keeps its records in its bucket; leave it out, and copy them with `aws s3 cp --recursive`",
    "bedrock": "--bedrock: a stack calls the models of its own settings; leave it out",
    "faults": "--faults (or RETAKE_FAULTS): Amazon Bedrock takes no script; leave it out",
}


def batch(
    context: typer.Context,
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", help=f"A {JSON_LINES}, {JSON_ARRAY} or {CSV} file of requests.")
    ],
    out: Out = Path("out"),
    as_json: Annotated[bool, typer.Option("--json", help=f"Print the whole {SUMMARY} on standard output.")] = False,
    bedrock: Bedrock = "local",
    max_concurrency: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Items at once (default: by the model's quota).")
    ] = None,
    faults: Faults = None,
    stack: Annotated[
        str | None, typer.Option(metavar="NAME", help="Run it on this deployed stack, e.g. Retake, and follow it.")
    ] = None,
    region: Region = None,
) -> int:
    """Run a file of requests, here by the same state machine as in AWS, or with --stack in AWS.

    A line is a request, as an event is; it may have an `id`. NAME.defaults.json beside NAME.jsonl may hold
    defaults for every line. Lines that cannot be run go to rejected.jsonl with the reason. The same command again
    goes on where it stopped: what was accepted is not run again, and nothing is paid twice.

    With --stack both files are uploaded to the stack's bucket, and the batch is followed there. Ctrl-C stops the
    following, not the batch, and says how to stop that and how to follow it again.

    \b
    Examples:
      retake batch events/batch.jsonl
      retake batch prompts.csv --max-concurrency 4 --out ~/pictures
      retake batch prompts.jsonl --json | jq .accepted
      retake batch prompts.jsonl --stack Retake

    Progress goes to standard error. Standard output holds the path of results.csv (its s3:// address with --stack),
    or with --json the summary.

    \b
    Exit codes:
      0    every line has an accepted picture
      1    some have not
      2    nothing could run: bad input, no such stack, or a bad command line
      3    a fault: the models, the credentials, this machine
      130  interrupted; what has ended is kept, and with --stack the batch goes on
    """  # noqa: D301
    if stack is not None:
        _refuse_what_is_not_for_a_stack(context)
        return _follow_batch(stack, region, manifest, max_concurrency, as_json)
    from retake.emulator.lock import FolderInUseError
    from retake.laptop.batch_plan import plan_batch
    from retake.view.errors import BadInputError

    if region is not None:
        raise BadInputError("--region: is for --stack NAME; give both, or neither")
    plan = plan_batch(manifest, out, bedrock, faults, max_concurrency, os.environ)
    try:
        return _run_batch(plan, as_json)
    except FolderInUseError:
        said = f"{manifest}: is being run in {out} by another process; wait for its end, or give another --out"
        return failed(said, exit_codes.BAD_INPUT)
    except Exception as error:
        return unexpected(error, plan.log_path)


def _refuse_what_is_not_for_a_stack(context: typer.Context) -> None:
    from retake.view.errors import BadInputError

    for name, said in _NOT_WITH_STACK.items():
        source = context.get_parameter_source(name)
        if source is not None and source.name in ("COMMANDLINE", "ENVIRONMENT"):
            raise BadInputError(f"{said} (--stack)")


def _run_batch(plan: "BatchPlan", as_json: bool) -> int:
    from retake.view.batch_progress import batch_view_on

    view = batch_view_on(sys.stderr)
    with closing(view), interrupts(view.close):
        from retake.laptop.batch import execute_batch

        ended = execute_batch(plan, view)
    if ended.is_interrupted:
        say(
            f"${ended.spent_usd:.4f} paid so far; what was made is kept under {plan.out}, and the same command goes on from it"
        )
    return tell_batch(ended, str(plan.manifest.path), str(plan.results) if plan.results.exists() else None, as_json)


def _follow_batch(
    stack_name: str, region: str | None, manifest: Path, max_concurrency: int | None, as_json: bool
) -> int:
    from retake.deployed.aws import StackError
    from retake.deployed.batch import follow_batch, start_batch, upload_manifest
    from retake.deployed.batch_plan import plan_batch
    from retake.deployed.interruption import report_interruption
    from retake.deployed.stack import DeployedStack
    from retake.view.batch_progress import batch_view_on

    plan = plan_batch(manifest, max_concurrency)
    stack = DeployedStack(stack_name, region)
    view, execution, name = batch_view_on(sys.stderr), None, None
    try:
        with closing(view), interrupts(view.close):
            upload_manifest(stack, plan.manifest, view)
            name = plan.execution_name
            execution = start_batch(stack, plan)
            view.line(f"started  {execution.arn}")
            followed = follow_batch(stack, execution, view)
    except (KeyboardInterrupt, StackError) as fault:
        return report_interruption(fault, stack, execution, name)
    return tell_batch(followed.ended, str(manifest), followed.results_uri, as_json)


def tell_batch(ended: "BatchEnded", source: str, results: str | None, as_json: bool) -> int:
    """Tell how a batch has ended; the exit code. `results` is where results.csv is, if it has one."""
    from retake.view.batch_ending import batch_told

    for line in batch_told(ended, results or ""):
        say(line)
    if ended.error:
        failed(f"{source}: {ended.error}")
    if ended.summary and as_json:
        answer(to_json(ended.summary))
    elif results and ended.has_results:
        answer(os.fsencode(results))
    return ended.exit_code
