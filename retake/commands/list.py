"""`retake list`: the past runs and batches, here or on a deployed stack."""

from pathlib import Path
from typing import Annotated

import typer

from retake.commands.options import OnStack, Out, Region, open_archive
from retake.view import exit_codes
from retake.view.output import print_stderr, to_json, write_stdout

DEFAULT_LIMIT = 50


def list_runs(
    out: Out = Path("out"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as one JSON list.")] = False,
    batch: Annotated[str | None, typer.Option(metavar="ID", help="List the items of this batch.")] = None,
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, help="The most rows to show, newest first.")
    ] = DEFAULT_LIMIT,
    stack: OnStack = None,
    region: Region = None,
) -> int:
    """List past runs and batches, newest first.

    A row has when, status, prompt, attempts, cost, id.

    A batch is one row with its counts; --batch ID lists its items. A run that has no result yet is RUNNING if a process
    works on it, otherwise UNFINISHED. INTERRUPTED is a run that Ctrl-C ended. UNREADABLE names a broken record. A narrow
    terminal cuts prompts and ids, then leaves out columns; `retake show` takes a cut id (three-r…3f9c).

    \b
    Examples:
      retake list
      retake list --json | jq -r '.[] | select(.status != "ACCEPTED") | .id'
      retake list --batch prompts-3f9c2a10
      retake list --stack Retake --limit 200

    With --stack, the newest executions of both state machines are listed. AWS keeps executions for 90 days; records in
    S3 stay longer, and `retake show RUN --stack` still finds them. The items of a batch are read from its results.

    \b
    Exit codes:
      0  listed, also if there is nothing
      2  no such batch or stack, or a bad command line
      3  a fault: the credentials, AWS
    """  # noqa: D301 - \b keeps a paragraph from being wrapped
    from lambdas.core.run.ending_words import STAND_IN_NOTICE
    from retake.view.listing import format_rows
    from retake.view.table import stdout_width

    archive = open_archive(out, stack, region)
    listing = archive.rows(limit, batch)
    if as_json:
        write_stdout(to_json([row.to_json() for row in listing.rows]))
        return exit_codes.ACCEPTED
    if not listing.rows:
        print_stderr(f"nothing yet in {archive.place}")
        return exit_codes.ACCEPTED
    write_stdout("\n".join(format_rows(listing.rows, stdout_width())).encode())
    engines = [row.engine for row in listing.rows if row.engine]
    if painted := engines.count("stand-in"):
        share = "made" if painted == len(engines) else f"{painted} of these {len(engines)} made"
        print_stderr(f"{share} by {STAND_IN_NOTICE}")
    if listing.older:
        print_stderr(listing.older)
    return exit_codes.ACCEPTED
