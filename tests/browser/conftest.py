"""A real Chromium, and proof sheets opened in it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from lambdas.core.run.history import History
from tests.support.harnesses.browser_page import WIDE, OpenPage, open_page
from tests.support.harnesses.chromium import run_chromium


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium for all tests of the session."""
    with run_chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


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
