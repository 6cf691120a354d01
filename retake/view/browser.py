"""Open a page in the user's browser, where there is one."""

import os
import sys
import webbrowser
from pathlib import Path

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def open_page(path: Path) -> str | None:
    """Open the page, and return None; or return why no browser was opened.

    `$BROWSER` is honoured. Without it and without a display (ssh, CI, a container), nothing is started: Python would
    find a browser for text, which would take over the terminal.
    """
    if not os.environ.get("BROWSER"):
        if os.environ.get("CI"):
            return "no browser is opened where CI is set"
        if sys.platform not in ("darwin", "win32") and not any(map(os.environ.get, _DISPLAYS)):
            return "there is no display for a browser; open the file yourself, or set BROWSER"
    try:
        is_opened = webbrowser.open(path.resolve().as_uri())
    except (webbrowser.Error, OSError) as error:
        return f"no browser could be opened ({error})"
    return None if is_opened else "no browser could be opened; open the file yourself, or set BROWSER"
