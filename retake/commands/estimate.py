"""`retake estimate`: estimate the cost of a request or of a manifest."""

import os
from typing import Annotated, Any

import typer

from retake.commands.options import event_options
from retake.view import exit_codes
from retake.view.output import to_json, write_stdout


@event_options
def estimate(
    event: Annotated[
        str,
        typer.Argument(
            metavar="PROMPT|FILE",
            help="A prompt in words, the file of an event or a manifest, or - for standard input.",
        ),
    ],
    options: dict[str, Any],
    as_json: Annotated[bool, typer.Option("--json", help="Print the estimate as one JSON document.")] = False,
) -> int:
    """Estimate the cost of a request or of a manifest.

    The estimate has the worst and the expected case. Bedrock is not called.

    A manifest is a file that `retake batch` runs: .jsonl, .csv, or .json with an array. Its estimate also has the lines
    that would be rejected, and the hours at the default quota of the image model.

    The worst case uses every attempt and revision. Extra calls after faults are not in it. The expected case uses published
    acceptance rates.

    \b
    Examples:
      retake estimate "three red circles" --attempts 3
      retake estimate events/simple-en.json
      retake estimate events/aurora-ja.json --json | jq .worst_case_usd
      retake estimate prompts.csv

    \b
    Exit codes: 0 estimated, 2 bad input, or a manifest of which nothing could run.
    """  # noqa: D301
    from retake.inputs.config import load_config
    from retake.inputs.estimate import estimate_event
    from retake.inputs.event import read_input_event
    from retake.inputs.event_options import refuse_event_options
    from retake.inputs.manifest import find_manifest
    from retake.inputs.manifest_estimate import estimate_manifest
    from retake.view.estimate import format_estimate, print_manifest_estimate

    config = load_config()
    if (manifest := find_manifest(event)) is not None:
        refuse_event_options(options, f"{event}: is a manifest")
        environment = config.environment(os.environ)
        of_manifest = estimate_manifest(manifest, environment, config.event_fields(os.environ), None)
        return print_manifest_estimate(of_manifest, str(manifest), as_json)
    given = read_input_event(event, options, config, os.environ)
    found = estimate_event(given, config.environment(os.environ))
    write_stdout(to_json(found) if as_json else "\n".join(format_estimate(found)).encode())
    return exit_codes.ACCEPTED
