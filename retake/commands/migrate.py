"""`retake migrate`: write an event of 2024 as it would be written today."""

import os
from pathlib import Path
from typing import Annotated

import typer

from retake.view import exit_codes
from retake.view.errors import BadInputError
from retake.view.output import print_stderr, to_json, write_stdout


def migrate(
    event: Annotated[str, typer.Argument(metavar="OLD.json", help="The file of the event, or - for standard input.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="NEW.json", help="The file for the new event.  [default: standard output]"
        ),
    ] = None,
) -> int:
    """Print an event of 2024 as it would be written today. The new event means the same request.

    Fields that have no effect with the models in use are removed. Everything else is kept as it is. Standard error gets a
    comment on each change, and on each field that now means something else. The old event still runs unchanged.

    \b
    Examples:
      retake migrate events/2024/aurora-ja.json
      retake migrate events/2024/aurora-ja.json -o aurora.json
      cat old.json | retake migrate - 2> comments.txt | jq .

    Standard output gets the event, or with -o the path of its file. RETAKE_IMAGE_MODEL_ID, RETAKE_VALIDATE_MODEL_ID and
    RETAKE_REVISE_MODEL_ID name the models of a deployment that has other ones than the defaults.

    \b
    Exit codes: 0 written, 2 bad input.
    """  # noqa: D301
    from retake.inputs.migrate import migrate_event

    migration = migrate_event(event, os.environ)
    for comment in migration.comments:
        print_stderr(comment)
    body = to_json(migration.event)
    if output is None:
        write_stdout(body)
        return exit_codes.ACCEPTED
    try:
        output.write_bytes(body + b"\n")
    except OSError as error:
        raise BadInputError(f"-o {output}: cannot be written ({error.strerror or error})") from None
    write_stdout(os.fsencode(output))
    return exit_codes.ACCEPTED
