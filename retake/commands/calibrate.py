"""`retake calibrate` and `retake paint-labelled`: measure how often the judge is right."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from retake.commands.options import Bedrock
from retake.view import exit_codes
from retake.view.output import print_error, print_stderr, to_json, write_stdout
from retake.view.signals import interrupts


def calibrate(
    labelled: Annotated[Path, typer.Argument(metavar="LABELLED.jsonl", help="The labelled pictures, one per line.")],
    bedrock: Bedrock = "local",
    model: Annotated[
        str | None, typer.Option(metavar="ID", help="The model of the judge.  [default: the same as in a run]")
    ] = None,
    max_cost_usd: Annotated[
        float | None,
        typer.Option(
            metavar="USD",
            help="The cost ceiling; a call that could pass it is not made.  [default: the ceiling of a run]",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the measures as one JSON document.")] = False,
) -> int:
    """Compare the judge with labelled pictures.

    For each kind: precision, recall and agreement, with 95% intervals.

    The judge gets the same question as in a run. Each line of the file is one picture (docs/calibration.md):

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
      1    stopped at the cost ceiling; the measures so far are printed
      2    bad input; nothing was paid
      3    a fault: the model, the credentials, this machine
      130  interrupted; the measures so far are printed
    """  # noqa: D301
    from retake.calibration.calibrate import plan_calibration, run_calibration
    from retake.calibration.output import exit_code, format_notes, format_table
    from retake.inputs.config import load_config
    from retake.view.progress import make_view

    plan = plan_calibration(labelled, bedrock, model, max_cost_usd, load_config().environment(os.environ))
    view = make_view(sys.stderr)
    view.step("starting")
    with closing(view), interrupts(view.abort):
        record = run_calibration(plan, view)
    for line in format_notes(record):
        print_stderr(line)
    write_stdout(to_json(record) if as_json else "\n".join(format_table(record)).encode())
    if record["fault"]:
        print_error(record["fault"])
    return exit_code(record)


def paint_labelled(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the set.")],
    pictures: Annotated[int, typer.Option(min=1, max=999, help="The number of pictures.")] = 160,
    side_px: Annotated[int, typer.Option(min=64, max=2048, help="The longer side of each picture.")] = 1024,
) -> int:
    """Paint a labelled set for `retake calibrate`.

    The painter of the stand-in makes right and wrong pictures.

    The labels follow from the painter's plan, not from a judge. Check them by eye in contact-sheet.html. The command
    always paints the same pictures. Standard output gets the path of labelled.jsonl.

    \b
    Exit codes: 0 painted, 2 bad input.
    """  # noqa: D301
    from retake.calibration.paint import paint_labelled as paint
    from retake.view.progress import make_view

    view = make_view(sys.stderr)
    with closing(view), interrupts(view.abort):
        path = paint(folder, pictures, side_px, view)
    write_stdout(os.fsencode(path))
    return exit_codes.ACCEPTED
