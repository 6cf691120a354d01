"""The entry point of the command: Ctrl-C during the imports of the command line gives one line, not a traceback."""

import sys

_INTERRUPTED = 130


def main() -> None:
    """Import the command line and run it."""
    try:
        from retake.cli import main as run_command
    except KeyboardInterrupt:
        sys.stderr.write("interrupted before anything started; nothing was paid\n")
        sys.exit(_INTERRUPTED)
    run_command()
