"""`retake estimate`: what a request would cost."""

import os
from typing import Annotated

import typer

from retake.commands.options import EventFile
from retake.view import exit_codes
from retake.view.output import answer, to_json


def estimate(
    event: EventFile,
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
    from retake.inputs.estimate import estimate_event
    from retake.view.estimate import told

    found = estimate_event(event, os.environ)
    answer(to_json(found) if as_json else "\n".join(told(found)).encode())
    return exit_codes.ACCEPTED
