"""The terminal of the live views."""

import os
from typing import TextIO

from rich.console import Console


def make_console(stream: TextIO) -> Console:
    """Return rich's console for the stream. If NO_COLOR is set, it writes no colours, and no bold or dim text either."""
    if os.environ.get("NO_COLOR"):
        return Console(file=stream, highlight=False, color_system=None)
    return Console(file=stream, highlight=False)
