"""Errors that end a command. `main` prints each on one line and exits with its code, so commands need not catch them."""

from retake.view import exit_codes


class CommandError(Exception):
    """Ends the command. The message is one line for the user."""

    exit_code: int = exit_codes.FAULT
    """One of `exit_codes`."""


class BadInputError(CommandError):
    """The user's input cannot be used. The message names the input and the fault."""

    exit_code = exit_codes.BAD_INPUT
