"""Ask the user before much money is spent."""

import sys
from typing import Any

from retake.view.output import print_stderr

ASK_ABOVE_USD = 10.0


def is_terminal() -> bool:
    """Return whether somebody can be asked: the question goes to standard error, the answer comes from standard input."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_to_pay(estimate: dict[str, Any]) -> bool:
    """Ask whether to pay for a batch with this estimate. Only `y` or `yes` is a yes."""
    for warning in estimate["warnings"]:
        print_stderr(f"warning  {warning}")
    sys.stderr.write(
        f"This batch of {estimate['items']} items is expected to cost ${estimate['expected_usd']:.2f}, at most "
        f"${estimate['worst_case_usd']:.2f}. Continue? [y/N] "
    )
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
