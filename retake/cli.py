"""The command line. Each command is a file in `commands`.

Standard output is for programs: the path of the report, or the result as JSON. Everything for people goes to standard
error. Neither ever gets a traceback.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from retake.commands.batch import batch
from retake.commands.calibrate import calibrate, paint_labelled
from retake.commands.estimate import estimate
from retake.commands.follow import follow
from retake.commands.run import run
from retake.commands.serve import serve
from retake.commands.start import start
from retake.commands.stop import stop
from retake.view import exit_codes
from retake.view.errors import CommandError
from retake.view.output import format_error, print_error

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


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


for _command in (run, batch, serve, start, follow, stop, estimate, calibrate, paint_labelled):
    app.command()(_command)


def _replace_closed_streams() -> None:
    """Point closed standard streams to the null device. Otherwise, the next opened file would take their number."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115


def main() -> None:
    """Run the command `retake`, and exit."""
    _replace_closed_streams()
    try:
        code = app(prog_name="retake", standalone_mode=False)
    except typer.TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        command = getattr(getattr(error, "ctx", None), "command_path", "retake")
        code = print_error(f"{' '.join(message.split())} (see {command} --help)", exit_codes.BAD_INPUT)
    except CommandError as error:
        code = print_error(str(error), error.exit_code)
    except KeyboardInterrupt:
        code = exit_codes.INTERRUPTED
    except Exception as error:
        code = print_error(format_error(error))
    sys.exit(code)
