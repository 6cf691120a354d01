"""Errors that end a command. `main` tells each in one line and ends with its exit code; a command need not catch them."""

from retake.view import exit_codes


class CommandError(Exception):
    """The command ends with this. One line for the user."""

    exit_code: int = exit_codes.FAULT
    """One of `exit_codes`."""


class BadInputError(CommandError):
    """What the user gave cannot be used. One line that says what and why."""

    exit_code = exit_codes.BAD_INPUT
