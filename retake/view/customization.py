"""The terminal output of `retake dataset` and `retake finetune`."""

from collections.abc import Callable, Sequence

from lambdas.core.runtime.quoting import format_count
from retake.view.output import is_verbose, print_stderr

_MAX_NAMED = 20
_PARTS = 10


def print_refused(refused: Sequence[tuple[str, str]]) -> None:
    """Print each picture that was left out, with its reason; with -v all of them, otherwise the first 20."""
    shown = refused if is_verbose() else refused[:_MAX_NAMED]
    for name, reason in shown:
        print_stderr(f"refused  {name}: {reason}")
    if len(refused) > len(shown):
        print_stderr(f"refused  {len(refused) - len(shown)} more; -v lists them")


def upload_progress(verb: str) -> Callable[[int, int, int], None]:
    """Return a function that prints a line for each tenth of the pictures. verb: "written" or "uploaded"."""
    last = [0]

    def progress(done: int, total: int, size_bytes: int) -> None:
        part = done * _PARTS // total
        if part > last[0]:
            last[0] = part
            print_stderr(f"{verb}  {done:,} of {format_count(total, 'picture')}, {size_bytes / 1e6:,.1f} MB")

    return progress
