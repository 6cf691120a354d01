"""The command line. Each command is a file in `commands`.

Standard output is for programs: the path of the report, or the result as JSON. Everything for people goes to standard
error. Neither ever gets a traceback.
"""

import os
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.quoting import format_value
from retake.commands.batch import batch
from retake.commands.calibrate import calibrate, paint_labelled
from retake.commands.dataset import dataset
from retake.commands.doctor import doctor
from retake.commands.estimate import estimate
from retake.commands.finetune import finetune
from retake.commands.follow import follow
from retake.commands.list import list_runs
from retake.commands.migrate import migrate
from retake.commands.models import models
from retake.commands.open import open_sheet
from retake.commands.options import Command, verbosity_options
from retake.commands.run import run
from retake.commands.serve import serve
from retake.commands.show import show
from retake.commands.start import start
from retake.commands.stop import stop
from retake.view import exit_codes
from retake.view.errors import CommandError
from retake.view.output import format_error, print_error

_HELP_OPTIONS = ["-h", "--help"]

app = typer.Typer(
    rich_markup_mode=None, pretty_exceptions_enable=False, context_settings={"help_option_names": _HELP_OPTIONS}
)


class _Command(TyperCommand):
    """A command whose options have the defaults of retake.toml."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        # Help and completion must work beside a broken file, and in no time.
        if not extra.get("resilient_parsing") and not set(_HELP_OPTIONS) & set(args):
            from retake.inputs.config import load_config

            # `stack` fills only an option that must be given: it names the stack, but what can run here runs here.
            optional = {parameter.name for parameter in self.params if not parameter.required}
            options = load_config().options
            extra["default_map"] = {
                name: value for name, value in options.items() if name != "stack" or name not in optional
            }
        return super().make_context(info_name, args, parent, **extra)


def _version(wanted: bool) -> None:
    if wanted:
        # Imported here because the import takes longer than printing the help.
        from importlib.metadata import version

        print(f"retake {version('retake')}")
        raise typer.Exit


@app.callback()
def retake(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Make pictures that match their prompt: generate, judge and revise, within limits."""


_COMMANDS: dict[str, Command] = {
    "run": run,
    "batch": batch,
    "list": list_runs,
    "show": show,
    "open": open_sheet,
    "serve": serve,
    "start": start,
    "follow": follow,
    "stop": stop,
    "models": models,
    "estimate": estimate,
    "migrate": migrate,
    "dataset": dataset,
    "finetune": finetune,
    "calibrate": calibrate,
    "paint-labelled": paint_labelled,
}
for _name, _command in _COMMANDS.items():
    app.command(_name, cls=_Command)(verbosity_options(_command))
# It reports a broken retake.toml, so it must not need one.
app.command("doctor")(verbosity_options(doctor, is_checked=False))


def _replace_closed_streams() -> None:
    """Point closed standard streams to the null device. Otherwise, the next opened file would take their number."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115


def _suggest_run(words: Sequence[str]) -> str:
    """Return the command that runs what stands where a command should: a prompt, with or without quotes, or a file."""
    from retake.inputs.event import names_file

    text = " ".join(takewhile(lambda word: not word.startswith("-"), words))
    return f"retake run {text}" if names_file(text) else f"retake run {format_value(text)}"


def _find_dashed_prompt(arguments: Sequence[str]) -> str | None:
    """Return the argument with blanks that begins with a dash; None if there is none. An option's value follows "="."""
    return next((text for text in arguments if text.startswith("-") and " " in text.partition("=")[0].strip()), None)


def main() -> None:
    """Run the command `retake`, and exit."""
    _replace_closed_streams()
    try:
        code = app(prog_name="retake", standalone_mode=False)
    except typer.TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        command = getattr(getattr(error, "ctx", None), "command_path", "retake")
        is_dash = message.startswith("No such option") or "unexpected extra argument" in message
        if is_dash and (dashed := _find_dashed_prompt(sys.argv[1:])):
            message = (
                f"a prompt that begins with a dash comes last, after -- and the options: -- {format_value(dashed)}"
            )
        elif "unexpected extra argument" in message:
            message += '. Put a prompt in quotes: "three red circles".'
        elif message.startswith("No such command") and "Did you mean" not in message:
            message += f" Did you mean {_suggest_run(sys.argv[1:])}?"
        code = print_error(f"{' '.join(message.split())} (see {command} --help)", exit_codes.BAD_INPUT)
    except CommandError as error:
        code = print_error(str(error), error.exit_code)
    except RecordError as error:
        code = print_error(str(error))
    except KeyboardInterrupt:
        code = exit_codes.INTERRUPTED
    except Exception as error:
        code = print_error(format_error(error))
    sys.exit(code)
