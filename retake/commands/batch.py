"""`retake batch`: run a file of requests."""

import os
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lambdas.core.runtime.batch_paths import BATCH_FOLDER, CSV, JSON_ARRAY, JSON_LINES, SUMMARY
from retake.commands.options import Bedrock, Faults, Out, Region
from retake.view import exit_codes
from retake.view.output import print_stderr, report_bug
from retake.view.question import ASK_ABOVE_USD, ask_to_pay, is_terminal
from retake.view.signals import early_interrupts, interrupts

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.core.request.request import Request
    from retake.laptop.batch_plan import BatchPlan

# The options that --stack excludes: a stack has its own settings for them.
_EXCLUDED_BY_STACK = {
    "out": "--out: a stack keeps its records in its bucket; omit --out, and copy them with `aws s3 cp --recursive`",
    "bedrock": "--bedrock: a stack calls the models in its own settings; omit --bedrock",
    "faults": "--faults (or RETAKE_FAULTS): Amazon Bedrock accepts no fault script; omit it",
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
        int | None, typer.Option(metavar="N", min=1, help="Items at once.  [default: by the model's quota]")
    ] = None,
    faults: Faults = None,
    stack: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Run the batch on this deployed stack, e.g. Retake, and follow it."),
    ] = None,
    region: Region = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check every line and estimate the cost and the hours; start and pay nothing."),
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", "-y", help=f"Do not ask before a batch that is expected to cost over ${ASK_ABOVE_USD:.0f}."
        ),
    ] = False,
) -> int:
    """Run a file of requests, here or on a deployed stack.

    Each line is a request like an event, and may have an `id`. The optional file NAME.defaults.json beside NAME.jsonl
    holds default fields for every line. Lines that cannot be run go to rejected.jsonl with the reason. Run the same
    command again to resume an interrupted batch: accepted items are not run again, and what was kept is not paid for
    twice.

    With --stack, both files are uploaded to the stack's bucket, and the batch is followed there. Ctrl-C stops only the
    following; the batch continues. The command then prints how to follow it again and how to stop it.

    \b
    Examples:
      retake batch events/batch.jsonl
      retake batch prompts.csv --max-concurrency 4 --out ~/pictures
      retake batch prompts.jsonl --json | jq .accepted
      retake batch prompts.jsonl --stack Retake
      retake batch prompts.csv --dry-run

    On a terminal, with --bedrock aws or --stack, a batch that is expected to cost more than $10 asks first. Without a
    terminal it does not ask; its ceilings still hold.

    Progress goes to standard error. Standard output gets the path of results.csv (with --stack, its s3:// address),
    or with --json the summary. A dry run prints its estimate there. report.html beside results.csv shows every picture.

    \b
    Exit codes:
      0    every line has an accepted picture
      1    some lines have none
      2    nothing could run: bad input, no such stack, or a bad command line
      3    a fault: the models, the credentials, this machine
      130  interrupted; ended items are kept, and with --stack the batch continues. Also: the
           question was not answered with yes, and nothing was started
    """  # noqa: D301
    from lambdas.core.runtime.errors import RecordError
    from retake.inputs.config import load_config
    from retake.view.errors import BadInputError, CommandError

    if stack is not None:
        _refuse_excluded_options(context)
    elif region is not None:
        raise BadInputError("--region: needs --stack NAME; give both, or neither")
    config = load_config()
    # A stack has its own settings.
    environment = {} if stack else config.environment(os.environ)
    fields = config.fields if stack else config.event_fields(os.environ)
    if dry_run:
        if stack:
            print_stderr(
                "the stack is not asked: its default models and ceilings may differ from those of this estimate"
            )
        from retake.inputs.manifest_estimate import estimate_manifest
        from retake.view.estimate import print_manifest_estimate

        found = estimate_manifest(manifest, environment, fields, max_concurrency, _accepted_in(out, stack))
        return print_manifest_estimate(found, str(manifest), as_json)
    if (
        (stack or bedrock == "aws")
        and not yes
        and not _may_pay(manifest, environment, fields, max_concurrency, _accepted_in(out, stack))
    ):
        print_stderr("nothing was started")
        return exit_codes.INTERRUPTED
    if stack is not None:
        return _follow_batch(stack, region, manifest, max_concurrency, fields, as_json)
    from retake.laptop.batch_plan import plan_batch

    with early_interrupts("the batch"):
        plan = plan_batch(manifest, out, bedrock, faults, max_concurrency, environment, fields)
        try:
            remaining = None
            if plan.folder.exists():
                from retake.inputs.manifest_estimate import estimate_manifest

                found = estimate_manifest(manifest, environment, fields, max_concurrency, _accepted_in(out, None))
                remaining = {name: found[name] for name in ("accepted_before", "expected_usd", "worst_case_usd")}
            return _run_batch(plan, as_json, remaining)
        except (CommandError, RecordError):
            raise
        except Exception as error:
            return report_bug(error, plan.log_path)


def _accepted_in(out: Path, stack: str | None) -> "Callable[[Request], bool] | None":
    """Return what finds the items that have an accepted picture in the out folder; None if there are none to find."""
    if stack is not None or not (out / BATCH_FOLDER).exists():
        return None
    from retake.laptop.accepted_items import accepted_in

    return accepted_in(out)


def _may_pay(
    manifest: Path,
    environment: Mapping[str, str],
    fields: Mapping[str, Any],
    max_concurrency: int | None,
    is_accepted: "Callable[[Request], bool] | None",
) -> bool:
    """Return whether to start the batch: ask on a terminal if it is expected to cost much."""
    if not is_terminal():
        return True
    from retake.inputs.manifest_estimate import estimate_manifest

    found = estimate_manifest(manifest, environment, fields, max_concurrency, is_accepted)
    return found["expected_usd"] <= ASK_ABOVE_USD or found["refusal"] is not None or ask_to_pay(found)


def _refuse_excluded_options(context: typer.Context) -> None:
    from retake.view.errors import BadInputError

    for name, message in _EXCLUDED_BY_STACK.items():
        source = context.get_parameter_source(name)
        if source is not None and source.name in ("COMMANDLINE", "ENVIRONMENT"):
            raise BadInputError(f"{message} (with --stack)")


def _run_batch(plan: "BatchPlan", as_json: bool, remaining: dict[str, Any] | None) -> int:
    from retake.view.batch_ending import print_batch_ending
    from retake.view.batch_progress import make_batch_view

    view = make_batch_view(sys.stderr)
    with closing(view), interrupts(view.close):
        from retake.laptop.batch import execute_batch

        ending = execute_batch(plan, view, remaining)
    if ending.is_interrupted:
        print_stderr(
            f"${ending.spent_usd:.4f} paid so far; the records are kept in {plan.out}; run the same command again to resume"
        )
    return print_batch_ending(ending, str(plan.manifest.path), str(plan.results), as_json)


def _follow_batch(
    stack_name: str,
    region: str | None,
    manifest: Path,
    max_concurrency: int | None,
    fields: Mapping[str, Any],
    as_json: bool,
) -> int:
    from retake.deployed.aws import StackError
    from retake.deployed.batch import follow_batch, start_batch, upload_manifest
    from retake.deployed.batch_plan import plan_batch
    from retake.deployed.interruption import report_interruption
    from retake.deployed.stack import DeployedStack
    from retake.view.batch_ending import print_batch_ending
    from retake.view.batch_progress import make_batch_view

    plan = plan_batch(manifest, max_concurrency, fields)
    stack = DeployedStack(stack_name, region)
    view, execution, name = make_batch_view(sys.stderr), None, None
    try:
        with closing(view), interrupts(view.close):
            upload_manifest(stack, plan.manifest, view)
            name = plan.execution_name
            execution = start_batch(stack, plan)
            view.line(f"started  {execution.arn}")
            followed = follow_batch(stack, execution, view)
    except (KeyboardInterrupt, StackError) as fault:
        return report_interruption(fault, stack, execution, name)
    return print_batch_ending(followed.ending, str(manifest), followed.results_uri, as_json)
