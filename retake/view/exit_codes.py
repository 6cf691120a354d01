"""The exit codes of a command. They are part of the contract (README, "Run it here").

A run's and a batch's are in core's tables of statuses; Ctrl-C and the other commands add theirs here.
"""

from lambdas.core.run.statuses import ExitCode

ACCEPTED = int(ExitCode.ACCEPTED)
"""Also a dry run, a duplicate, and success of a command that runs nothing."""
NOT_ACCEPTED = int(ExitCode.NOT_ACCEPTED)
BAD_INPUT = int(ExitCode.BAD_INPUT)
FAULT = int(ExitCode.FAULT)
INTERRUPTED = 130
