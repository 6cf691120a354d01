"""Arguments and options shared by several commands."""

from pathlib import Path
from typing import Annotated, Literal

import typer

EventFile = Annotated[str, typer.Argument(metavar="EVENT.json", help="The file of the event, or - for standard input.")]

Out = Annotated[Path, typer.Option(metavar="DIR", help="The folder for pictures and records.")]

Bedrock = Annotated[
    Literal["local", "aws"],
    typer.Option(help="Use the stand-in on this machine, or Amazon Bedrock with boto3's credentials."),
]

Faults = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", envvar="RETAKE_FAULTS", help="A fault script for the stand-in (only with --bedrock local)."
    ),
]

StackName = Annotated[str, typer.Option(metavar="NAME", help="The deployed stack, e.g. Retake.")]

Region = Annotated[str | None, typer.Option(metavar="REGION", help="The Region of the stack.  [default: boto3's]")]

ResultAsJson = Annotated[bool, typer.Option("--json", help="Print the whole result.json on standard output.")]
