"""The arguments and options that several commands take, each told once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

EventFile = Annotated[str, typer.Argument(metavar="EVENT.json", help="The event's file, or - for standard input.")]

Out = Annotated[Path, typer.Option(metavar="DIR", help="Where pictures and records go.")]

Bedrock = Annotated[
    Literal["local", "aws"],
    typer.Option(help="The stand-in on this machine, or Amazon Bedrock by boto3's credentials."),
]

Faults = Annotated[
    Path | None,
    typer.Option(metavar="FILE", envvar="RETAKE_FAULTS", help="The stand-in's fault script (with --bedrock local)."),
]

StackName = Annotated[str, typer.Option(metavar="NAME", help="The deployed stack, e.g. Retake.")]

Region = Annotated[str | None, typer.Option(metavar="REGION", help="The stack's Region (default: boto3's own).")]

ResultAsJson = Annotated[bool, typer.Option("--json", help="Print the whole result.json on standard output.")]
