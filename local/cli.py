"""The command line: `retake run EVENT.json`.

Standard output holds only what a program would want (the report's path, or the result as JSON); everything for people
goes to standard error. No traceback reaches either.
"""

import json
import os
import sys
import traceback
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from local import exit_codes
from local.signals import interrupts

if TYPE_CHECKING:
    from local.plan import Plan

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        # Imported here because it takes longer than the rest of the help.
        from importlib.metadata import version

        print(f"retake {version('retake')}")
        raise typer.Exit


@app.callback()
def retake(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Make pictures that match their prompt: generate, judge, revise, within limits."""


@app.command()
def run(
    event: Annotated[str, typer.Argument(metavar="EVENT.json", help="The event's file, or - for standard input.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where pictures and records go.")] = Path("out"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole result.json on standard output.")] = False,
    bedrock: Annotated[
        Literal["local", "aws"],
        typer.Option(help="The stand-in on this machine, or Amazon Bedrock by boto3's credentials."),
    ] = "local",
    faults: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", envvar="RETAKE_FAULTS", help="The stand-in's fault script (with --bedrock local)."
        ),
    ] = None,
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
    from local.plan import BadInputError, planned

    try:
        plan = planned(event, out, bedrock, faults, os.environ)
    except BadInputError as error:
        return _error(str(error), exit_codes.BAD_INPUT)
    try:
        return _run(plan, as_json)
    except Exception as error:
        return _unexpected(error, plan.log_path)


@app.command()
def estimate(
    event: Annotated[str, typer.Argument(metavar="EVENT.json", help="The event's file, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the estimate as one JSON document.")] = False,
) -> int:
    """Tell what a request would cost, worst case and expected. No Bedrock call is made.

    The worst case uses the limits up, without faults and repairs. The expected case rests on published pass rates.

    \b
    Examples:
      retake estimate events/simple-en.json
      retake estimate events/aurora-ja.json --json | jq .worst_case_usd

    \b
    Exit codes: 0 told, 2 bad input.
    """  # noqa: D301
    from local.estimate import estimated, told
    from local.plan import BadInputError

    try:
        found = estimated(event, os.environ)
    except BadInputError as error:
        return _error(str(error), exit_codes.BAD_INPUT)
    _answer((json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(told(found))).encode())
    return exit_codes.ACCEPTED


@app.command()
def calibrate(
    labelled: Annotated[
        Path, typer.Argument(metavar="LABELLED.jsonl", help="The pictures and what people say of them.")
    ],
    bedrock: Annotated[
        Literal["local", "aws"],
        typer.Option(help="The stand-in on this machine, or Amazon Bedrock by boto3's credentials."),
    ] = "local",
    model: Annotated[str | None, typer.Option(metavar="ID", help="The judge's model.  [default: a run's]")] = None,
    max_cost_usd: Annotated[
        float | None, typer.Option(metavar="USD", help="No call that could pass it is made.  [default: a run's]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the measure as one JSON document.")] = False,
) -> int:
    """Hold the judge against labelled pictures: precision, recall and agreement of each kind, with 95% intervals.

    The judge is asked as a run asks it. One line of the file is one picture (docs/calibration.md):

    \b
      {"image": "pictures/001.png", "requirements": [
        {"kind": "count", "text": "two cups", "question": "How many cups are there?", "met": true}]}

    \b
    Examples:
      retake paint-labelled set && retake calibrate set/labelled.jsonl
      AWS_PROFILE=studio retake calibrate ours.jsonl --bedrock aws --max-cost-usd 1

    \b
    Exit codes:
      0    measured
      1    stopped at the ceiling; what was measured so far is told
      2    bad input; nothing was paid
      3    a fault: the model, the credentials, this machine
      130  interrupted; what was measured so far is told
    """  # noqa: D301
    from local.calibration.calibrate import calibrated, planned
    from local.calibration.told import beside, exit_code, table
    from local.plan import BadInputError
    from local.progress import printable, view_on

    try:
        plan = planned(labelled, bedrock, model, max_cost_usd, os.environ)
    except BadInputError as error:
        return _error(str(error), exit_codes.BAD_INPUT)
    view = view_on(sys.stderr)
    view.step("starting")
    with closing(view), interrupts(view.leave):
        found = calibrated(plan, view)
    for line in beside(found):
        _say(printable(line))
    _answer((json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(table(found))).encode())
    if found["fault"]:
        _error(found["fault"])
    return exit_code(found)


@app.command()
def paint_labelled(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the set goes.")],
    pictures: Annotated[int, typer.Option(min=1, max=999, help="How many.")] = 160,
    side_px: Annotated[int, typer.Option(min=64, max=2048, help="The longer side of each.")] = 1024,
) -> int:
    """Paint a labelled set for `retake calibrate`: right and wrong pictures by the stand-in's painter.

    The labels follow from what the painter set out to draw, not from a judge. Check them by eye in contact-sheet.html.
    Every call paints the same pictures. Standard output holds the path of labelled.jsonl.

    \b
    Exit codes: 0 painted, 2 bad input.
    """  # noqa: D301
    from local.calibration.paint import paint_labelled as paint
    from local.plan import BadInputError
    from local.progress import view_on

    view = view_on(sys.stderr)
    try:
        with closing(view), interrupts(view.leave):
            path = paint(folder, pictures, side_px, view)
    except BadInputError as error:
        return _error(str(error), exit_codes.BAD_INPUT)
    _answer(os.fsencode(path))
    return exit_codes.ACCEPTED


def _run(plan: "Plan", as_json: bool) -> int:
    from local.progress import printable, view_on

    view = view_on(sys.stderr)
    view.step("starting")
    with closing(view), interrupts(view.leave):
        from local.ending import report_path, summary
        from local.run import run as run_plan

        ended = run_plan(plan, view)
    for line in summary(plan, ended):
        _say(printable(line))
    if ended.fault:
        _error(f"{plan.source}: {ended.fault}" if ended.exit_code == exit_codes.BAD_INPUT else ended.fault)
    report = report_path(plan, ended)
    if as_json and ended.result:
        _answer(json.dumps(ended.result, ensure_ascii=False, indent=2).encode())
    elif report and not as_json:
        _answer(os.fsencode(report))
    return ended.exit_code


def _say(line: str) -> None:
    # Nobody may read any more.
    with suppress(OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def _error(message: str, code: int = exit_codes.FAULT) -> int:
    _say(f"retake: error: {message}")
    return code


def _answer(body: bytes) -> None:
    """Put the answer on standard output as it is: UTF-8, whatever the locale, and file names byte for byte."""
    try:
        sys.stdout.buffer.write(body + b"\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone. What Python still holds goes nowhere, so that it does not complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unexpected(error: Exception, log_path: Path) -> int:
    told = _one_line(error)
    trace = {"level": "ERROR", "service": "retake-cli", "message": told, "exception": traceback.format_exc()}
    try:
        with log_path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(trace) + "\n")
    except OSError:
        return _error(told)
    return _error(f"{told} (more in {log_path})")


def _one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _give_every_stream_a_place() -> None:
    """A stream that was closed before us would otherwise be the next file that is opened."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115


def main() -> None:
    """The command `retake`."""
    _give_every_stream_a_place()
    try:
        code = app(prog_name="retake", standalone_mode=False)
    except typer.TyperException as error:
        said = error.format_message() if hasattr(error, "format_message") else str(error)
        code = _error(f"{' '.join(said.split())} (see retake run --help)", exit_codes.BAD_INPUT)
    except KeyboardInterrupt:
        code = exit_codes.INTERRUPTED
    except Exception as error:
        code = _error(_one_line(error))
    sys.exit(code)
