"""`retake calibrate` and `retake paint-labelled`: how far the judge can be trusted."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from retake.commands.options import Bedrock
from retake.view import exit_codes
from retake.view.output import answer, failed, say, to_json
from retake.view.signals import interrupts


def calibrate(
    labelled: Annotated[
        Path, typer.Argument(metavar="LABELLED.jsonl", help="The pictures and what people say of them.")
    ],
    bedrock: Bedrock = "local",
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
    from retake.calibration.calibrate import calibrated, planned
    from retake.calibration.told import beside, exit_code, table
    from retake.view.progress import view_on

    plan = planned(labelled, bedrock, model, max_cost_usd, os.environ)
    view = view_on(sys.stderr)
    view.step("starting")
    with closing(view), interrupts(view.leave):
        found = calibrated(plan, view)
    for line in beside(found):
        say(line)
    answer(to_json(found) if as_json else "\n".join(table(found)).encode())
    if found["fault"]:
        failed(found["fault"])
    return exit_code(found)


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
    from retake.calibration.paint import paint_labelled as paint
    from retake.view.progress import view_on

    view = view_on(sys.stderr)
    with closing(view), interrupts(view.leave):
        path = paint(folder, pictures, side_px, view)
    answer(os.fsencode(path))
    return exit_codes.ACCEPTED
