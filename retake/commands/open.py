"""`retake open`: the sheet of a past run or batch in the browser, here or on a deployed stack."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retake.commands.list import OnStack, open_archive
from retake.commands.options import Out, Region
from retake.commands.show import RunOrBatch
from retake.view import exit_codes
from retake.view.errors import BadInputError
from retake.view.output import print_stderr, write_stdout

if TYPE_CHECKING:
    from retake.deployed.archive import StackArchive
    from retake.laptop.archive import OutFolder


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
    archive = open_archive(out, stack, region)
    if stack is None:
        if download is not None:
            raise BadInputError("--download: needs --stack NAME; without it, the pictures are on this machine already")
        path = _find_here(archive, name)  # type: ignore[arg-type]  # without a stack, it is an OutFolder
    else:
        path = _copy_from_stack(archive, name, download)  # type: ignore[arg-type]  # likewise a StackArchive
    from retake.view.browser import open_page

    fault = None if only_print else open_page(path)
    if fault:
        print_stderr(fault)
    write_stdout(str(path).encode(errors="surrogateescape"))
    return exit_codes.ACCEPTED


def _find_here(archive: "OutFolder", name: str) -> Path:
    from lambdas.core.runtime.records import REPORT

    entry = archive.find(name)
    path = entry.path / REPORT
    if not path.is_file():
        raise BadInputError(
            f"{path} does not exist: it is written when a {entry.kind} ends; `retake show {entry.name}` shows what there is"
        )
    return path


def _copy_from_stack(archive: "StackArchive", name: str, folder: Path | None) -> Path:
    from retake.deployed.sheet import copy_sheet
    from retake.deployed.sheet import download as download_sheet

    entry, aws = archive.find(name), archive.stack.aws
    sheet = download_sheet(aws, entry, folder) if folder else copy_sheet(aws, entry)
    if folder:
        print_stderr(f"downloaded  {sheet.pictures} {'picture' if sheet.pictures == 1 else 'pictures'} to {folder}")
    for key in sheet.skipped:
        print_stderr(f"not downloaded: {key}")
    if not folder or entry.kind == "batch":
        why = "your credentials expire then" if sheet.by_credentials else "or until your credentials expire"
        print_stderr(
            f"its addresses of S3 work until {sheet.works_until.astimezone():%Y-%m-%d %H:%M}, {why}; everybody who has one "
            "can read the object"
        )
    return sheet.path
