"""`retake open`: the sheet of a past run or batch in the browser, here or on a deployed stack."""

from pathlib import Path
from typing import Annotated

import typer

from retake.commands.options import OnStack, Out, Region, RunOrBatch, open_archive
from retake.view import exit_codes
from retake.view.output import print_stderr, write_stdout


def open_sheet(
    name: RunOrBatch,
    out: Out = Path("out"),
    only_print: Annotated[bool, typer.Option("--print", help="Print the path of the sheet, and open nothing.")] = False,
    download: Annotated[
        Path | None, typer.Option(metavar="DIR", help="With --stack: download pictures and sheet into this folder.")
    ] = None,
    stack: OnStack = None,
    region: Region = None,
) -> int:
    """Open the sheet of a past run or batch in the browser. Standard output gets its path.

    Where there is no browser (ssh, CI), only the path is printed. BROWSER names another browser.

    With --stack, the sheet is copied to a temporary file that only you can read. Its pictures stay in S3, under addresses
    that work for 12 hours, or until your credentials expire, for everybody who has them. With --download, a batch's chosen
    pictures are downloaded, named by their items, with its sheet; for a run, its whole folder.

    \b
    Examples:
      retake open last
      retake open prompts-3f9c2a10
      retake open simple-en-20261121T060000Z-3f9c --stack Retake
      retake open prompts-3f9c2a10 --stack Retake --download pictures

    \b
    Exit codes:
      0  opened, or printed
      2  no such run, batch or stack, it has no sheet yet, or a bad command line
      3  a fault: the credentials, AWS, this machine
    """  # noqa: D301
    sheet = open_archive(out, stack, region).find(name).sheet(download)
    for note in sheet.notes:
        print_stderr(note)
    from retake.view.browser import open_page

    fault = None if only_print else open_page(sheet.path)
    if fault:
        print_stderr(fault)
    write_stdout(str(sheet.path).encode(errors="surrogateescape"))
    return exit_codes.ACCEPTED
