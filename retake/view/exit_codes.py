"""The exit codes of a command. They are part of the contract (README, "Run it here").

The tables of statuses in core have the codes of runs and batches. This file adds the code of an interruption.
"""

from lambdas.core.run.statuses import ExitCode

ACCEPTED = int(ExitCode.ACCEPTED)
"""Also: a dry run, a duplicate, and any other command that succeeded."""
NOT_ACCEPTED = int(ExitCode.NOT_ACCEPTED)
BAD_INPUT = int(ExitCode.BAD_INPUT)
FAULT = int(ExitCode.FAULT)
INTERRUPTED = 130
