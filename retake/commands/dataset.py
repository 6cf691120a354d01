"""`retake dataset`: a training set for fine-tuning, from accepted pictures or from a folder with captions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lambdas.core.runtime.quoting import format_count
from retake.commands.options import OnStack, Region, open_archive
from retake.view import exit_codes
from retake.view.errors import BadInputError
from retake.view.output import print_stderr, to_json, write_stdout

if TYPE_CHECKING:
    from retake.customization.candidate import Found

_RESULT = "result.json"


def dataset(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="RUN|BATCH…|FOLDER", help="Past runs and batches, or one folder with pictures."),
    ],
    output: Annotated[str, typer.Option("--out", metavar="DIR|S3", help="Where the set goes: a folder, or s3://….")],
    out: Annotated[
        Path, typer.Option("--runs", metavar="DIR", help="The folder with the runs, on this machine.")
    ] = Path("out"),
    captions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV or JSONL with captions that a person wrote.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(metavar="TEXT", help='The subject and its class, as in "Ron the dog".')
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as one JSON document.")] = False,
    stack: OnStack = None,
    region: Region = None,
) -> int:
    """Make a training set: pictures with their captions.

    From runs and batches, the accepted pictures are taken; the caption is the final prompt. From a folder, every picture is
    taken; its caption is in a text file of the same name (dog.png, dog.txt), or in captions.csv or captions.jsonl in the
    folder (columns file_name and caption). --captions FILE names another such file; for runs, it replaces final prompts
    (columns run_id and caption).

    \b
    Examples:
      retake dataset prompts-3f9c2a10 --out set
      retake dataset photos/ron --subject "Ron the dog" --out s3://BUCKET/customization/ron
      retake dataset last --stack Retake --out s3://BUCKET/customization/posters

    A picture outside the documented limits is left out, with its reason: JPEG or PNG, 512 to 4,096 px a side, at most
    12,582,912 px and 50 MB, aspect 1:4 to 4:1, a caption of 3 to 1,024 characters. A set has 5 to 10,000 pictures.
    Warnings name near-duplicates, and captions that name a subject without its class. Pictures are copied unchanged. The
    same command again writes only what is missing.

    \b
    Exit codes:
      0  written
      2  no such run or folder, too few or too many pictures, or a bad command line
      3  a fault: the credentials, AWS
    """  # noqa: D301 - \b keeps a paragraph from being wrapped
    from retake.customization import destination
    from retake.customization.training_set import build_training_set, require_size
    from retake.view.customization import print_refused, upload_progress

    is_s3 = output.startswith(destination.S3)
    if is_s3:
        destination.parse_s3(output, "--out")
    _check_subject(subject)
    training_set = build_training_set(_find(sources, output, out, captions, stack, region), subject)
    print_refused([(one.name, one.reason) for one in training_set.refused])
    for warning in training_set.warnings:
        print_stderr(f"warning  {warning}")
    require_size(len(training_set.pictures))
    if is_s3:
        from retake.deployed.aws import Aws

        output = output.rstrip("/")
        written = destination.write_to_s3(training_set, output, Aws(region), upload_progress("uploaded"))
    else:
        written = destination.write_to_folder(training_set, Path(output), upload_progress("written"))
    total = len(training_set.pictures)
    there = f", {total - written} of them were there already" if written < total else ""
    print_stderr(f"dataset  {format_count(total, 'picture')} in {output}{there}")
    print_stderr(f"next     retake finetune --dataset {output} --steps auto")
    if as_json:
        document = {"dataset": output, "digest": training_set.digest, "pictures": total, "written": written}
        refused = [{"name": one.name, "reason": one.reason} for one in training_set.refused]
        write_stdout(to_json({**document, "refused": refused, "warnings": training_set.warnings}))
    else:
        write_stdout(output.encode())
    return exit_codes.ACCEPTED


def _check_subject(subject: str | None) -> None:
    if subject is not None and not all(part.strip() for part in subject.partition(" the ")):
        raise BadInputError(f'--subject {subject!r}: give the name and its class, as in "Ron the dog"')


def _find(
    sources: list[str], output: str, out: Path, captions: Path | None, stack: str | None, region: str | None
) -> "Found":
    from retake.customization.accepted import find_accepted
    from retake.customization.captions import find_in_folder, read_captions

    folders = [Path(source) for source in sources if Path(source).is_dir()]
    for folder in folders:
        if (folder / _RESULT).is_file():
            raise BadInputError(f"{folder}: is the folder of a run; give its name with --runs {folder.parent}")
    if not folders:
        for source in sources:
            if "/" in source:
                raise BadInputError(f"{source}: there is no such folder")
        # A region belongs to --out s3:// where there is no stack.
        archive = open_archive(out, stack, region if stack else None)
        return find_accepted(archive, sources, read_captions(captions) if captions else {})
    if len(sources) > 1:
        raise BadInputError(f"{folders[0]}: give one folder, or runs and batches, not both")
    if stack is not None:
        raise BadInputError(f"--stack: {folders[0]} is a folder on this machine; leave it out")
    if Path(output).resolve().is_relative_to(folders[0].resolve()):
        raise BadInputError(
            f"--out {output}: is inside {folders[0]}, from which the pictures come; give another folder"
        )
    return find_in_folder(folders[0], captions)
