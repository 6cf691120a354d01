"""`retake show`: the story of a past run, or the totals of a past batch, here or on a deployed stack."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retake.commands.options import OnStack, Out, Region, RunOrBatch, open_archive
from retake.view import exit_codes
from retake.view.output import print_error, printable, to_json, write_stdout

if TYPE_CHECKING:
    from retake.view.archive import Entry


def show(
    name: RunOrBatch,
    out: Out = Path("out"),
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON document.")] = False,
    stack: OnStack = None,
    region: Region = None,
) -> int:
    """Show a past run with every attempt, or a past batch.

    For a run: prompt, wordings, every attempt with its verdict and cost, result, warnings, files.

    For a batch: its totals, its rejected lines, and each item without an accepted picture with the reason.

    \b
    Examples:
      retake show last
      retake show aurora
      retake show prompts-3f9c2a10--0042 --json | jq .wordings
      retake show simple-en-20261121T060000Z-3f9c --stack Retake

    The amount after an attempt is its own cost.

    \b
    Exit codes:
      0  shown
      2  no such run or batch, several begin like that, no such stack, or a bad command line
      3  a fault: a record that cannot be read, the credentials, AWS
    """  # noqa: D301 - \b keeps a paragraph from being wrapped
    entry = open_archive(out, stack, region).find(name)
    show_entry = _show_batch if entry.kind == "batch" else _show_run
    return show_entry(entry, as_json)


def _show_run(entry: "Entry", as_json: bool) -> int:
    from lambdas.core.run.history import read_history
    from lambdas.core.runtime.errors import RecordError
    from lambdas.core.runtime.records import RESULT
    from retake.view.run_files import RunFiles
    from retake.view.run_story import format_run_story, record_fault, story_document

    folder = entry.folder
    place = folder.s3_uri("").rstrip("/")
    try:
        result, names = folder.read_json(RESULT), folder.names()
        files = RunFiles(entry.name, place, frozenset(names))
        history = read_history(folder)
        if as_json:
            write_stdout(to_json(story_document(entry.name, place, history, result, names)))
            return exit_codes.ACCEPTED
        lines = list(format_run_story(files, history, result, entry.when, names))
    except (RecordError, LookupError, TypeError, ValueError) as error:
        return print_error(record_fault(error, place))
    _print(lines)
    return exit_codes.ACCEPTED


def _show_batch(entry: "Entry", as_json: bool) -> int:
    from lambdas.core.runtime.batch_paths import PLAN, REJECTED, RESULTS_JSONL, SUMMARY
    from lambdas.core.runtime.errors import RecordError
    from retake.inputs.out_folder import PICTURES_FOLDER
    from retake.view.batch_rows import parse_rows
    from retake.view.batch_story import format_batch_story

    folder = entry.folder
    try:
        plan, summary = folder.read_json(PLAN), folder.read_json(SUMMARY)
        rows, rejected = (
            list(parse_rows(folder.s3_uri(name), (folder.read(name) or b"").splitlines()))
            for name in (RESULTS_JSONL, REJECTED)
        )
        so_far = entry.describe_unfinished(plan) if plan and summary is None else None
        place = folder.s3_uri("").rstrip("/")
        if as_json:
            document: dict[str, Any] = {"kind": "batch", "batch_id": entry.name, "folder": place, "plan": plan}
            write_stdout(to_json({**document, "summary": summary or so_far, "items": rows, "rejected": rejected}))
            return exit_codes.ACCEPTED
        kept = Path(place, PICTURES_FOLDER)
        pictures = str(kept) if kept.is_dir() else None
        lines = list(
            format_batch_story(entry.name, place, entry.when, plan, summary or so_far, rows, rejected, pictures)
        )
    except (RecordError, LookupError, TypeError, ValueError) as error:
        from retake.view.run_story import record_fault

        return print_error(record_fault(error, folder.s3_uri("").rstrip("/")))
    _print(lines)
    return exit_codes.ACCEPTED


def _print(lines: list[str]) -> None:
    write_stdout("\n".join(map(printable, lines)).encode())
