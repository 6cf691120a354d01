"""What the process's exit code means. They are part of the contract (README, "Run it here")."""

ACCEPTED = 0
"""Also a dry run, and a duplicate."""
NOT_ACCEPTED = 1
BAD_INPUT = 2
FAULT = 3
INTERRUPTED = 130
