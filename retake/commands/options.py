"""Arguments and options shared by several commands."""

import inspect
import os
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from retake.inputs.event_options import EVENT_OPTIONS, EventOption
from retake.view.errors import BadInputError
from retake.view.output import Verbosity, print_stderr, set_verbosity

if TYPE_CHECKING:
    from retake.view.archive import Archive

Event = Annotated[
    str,
    typer.Argument(
        metavar="PROMPT|EVENT.json", help="A prompt in words, the file of an event, or - for standard input."
    ),
]

Out = Annotated[Path, typer.Option(metavar="DIR", help="The folder for pictures and records.")]

Bedrock = Annotated[
    Literal["local", "aws"],
    typer.Option(help="Use the stand-in on this machine, or Amazon Bedrock with boto3's credentials."),
]


def _drop_configured_faults(context: typer.Context, value: Path | None) -> Path | None:
    """Return None for a fault script of retake.toml where Amazon Bedrock is called. One that is typed is refused there."""
    source = context.get_parameter_source("faults")
    is_configured = source is not None and source.name == "DEFAULT_MAP"
    calls_aws = context.params.get("bedrock") == "aws" or context.params.get("stack")
    return None if is_configured and calls_aws else value


def _drop_configured_region(context: typer.Context, value: str | None) -> str | None:
    """Return None for a Region of retake.toml where no stack is used. One that is typed is refused there."""
    source = context.get_parameter_source("region")
    is_configured = source is not None and source.name == "DEFAULT_MAP"
    return None if is_configured and not context.params.get("stack") else value


Faults = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        envvar="RETAKE_FAULTS",
        callback=_drop_configured_faults,
        help="A fault script for the stand-in (only with --bedrock local).",
    ),
]

StackName = Annotated[str, typer.Option(metavar="NAME", help="The deployed stack, e.g. Retake.")]

Region = Annotated[
    str | None,
    typer.Option(
        metavar="REGION", callback=_drop_configured_region, help="The Region of the stack.  [default: boto3's]"
    ),
]

OnStack = Annotated[
    str | None, typer.Option(metavar="NAME", help="Look at this deployed stack, e.g. Retake, instead of --out.")
]


def _complete_name(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names in the out folder that begin so. Those of a stack would take a call to AWS."""
    from retake.laptop.archive import OutFolder

    try:
        names = OutFolder(Path(context.params.get("out") or "out")).names()
    except BadInputError:
        return []
    return [name for name in names if name.startswith(incomplete)]


RunOrBatch = Annotated[
    str,
    typer.Argument(
        metavar="RUN|BATCH",
        autocompletion=_complete_name,
        help="A run id or batch id, the beginning of one, or `last` for the newest.",
    ),
]

ResultAsJson = Annotated[bool, typer.Option("--json", help="Print the whole result.json on standard output.")]

Command = Callable[..., int]


def open_archive(out: Path, stack: str | None, region: str | None) -> "Archive":
    """Return the past runs and batches in the out folder, or with the name of a stack those of the stack."""
    if stack is not None:
        from retake.deployed.archive import StackArchive

        return StackArchive(stack, region)
    if region is not None:
        raise BadInputError("--region: needs --stack NAME; give both, or neither")
    from retake.laptop.archive import OutFolder

    return OutFolder(out)


def event_options(command: Command) -> Command:
    """Add the options that set fields of the event. The command gets their values as `options`, by their names in Python."""

    @wraps(command)
    def call(**arguments: Any) -> int:
        options = {option.parameter: arguments.pop(option.parameter) for option in EVENT_OPTIONS}
        return command(**arguments, options=options)

    parameters = [name for name in inspect.signature(command).parameters.values() if name.name != "options"]
    return _with_parameters(call, [*parameters, *map(_as_parameter, EVENT_OPTIONS)])


def verbosity_options(command: Command, *, is_checked: bool = True) -> Command:
    """Add the options -q and -v to the command, and check the `RETAKE_*` variables before it runs.

    is_checked: False for a command that itself reports faults of the variables and of retake.toml.
    """

    @wraps(command)
    def call(**arguments: Any) -> int:
        from retake.inputs.config import load_config
        from retake.inputs.settings import check_environment

        quiet, verbose = arguments.pop("quiet"), arguments.pop("verbose")
        set_verbosity(Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL)
        if is_checked:
            check_environment(os.environ)
            config = load_config()
            for path in config.skipped:
                print_stderr(f"warning  {path} belongs to another user, so it is not read")
            if verbose:
                print_stderr(f"defaults {config.path or 'no retake.toml'}")
        return command(**arguments)

    quiet = typer.Option("-q", "--quiet", help="Print only errors and the result.")
    verbose = typer.Option("-v", "--verbose", help="Print the file of defaults, every step and every paid call.")
    added = (_flag("quiet", quiet), _flag("verbose", verbose))
    return _with_parameters(call, [*inspect.signature(command).parameters.values(), *added])


def _with_parameters(command: Command, parameters: Iterable[inspect.Parameter]) -> Command:
    named = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    command.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]  # typer reads it
    return command


def _flag(name: str, option: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, option])


def _as_parameter(option: EventOption) -> inspect.Parameter:
    complete = _complete_image_model if option.name == "--model" else None
    kind = bool if option.metavar is None else str
    declared = typer.Option(option.name, metavar=option.metavar, help=option.help, autocompletion=complete)
    return inspect.Parameter(
        option.parameter, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, declared]
    )


def _complete_image_model(incomplete: str) -> list[str]:
    from lambdas.core.catalogue.models import image_models

    return [model_id for model_id in image_models() if model_id.startswith(incomplete)]
