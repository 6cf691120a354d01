"""A proof sheet open in Chromium, from the run's folder as a user has it: report.html beside the records."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Dialog, Page

from lambdas.core.report import render_report
from lambdas.core.run.history import History

WIDE, NARROW = (1400, 900), (390, 844)


@dataclass
class OpenPage:
    """A page on the screen, and what it did while it loaded."""

    page: Page
    folder: Path
    requests: list[str] = field(default_factory=list)
    """Every address that was requested, except the page itself and data: addresses."""
    messages: list[str] = field(default_factory=list)
    """Console messages, errors and dialogs."""

    def load(self, address: str) -> None:
        """Load the address, and record what the page does."""
        self.page.on("request", lambda request: self._record_request(address, request.url))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("dialog", self._dismiss)
        self.page.goto(address)

    def _record_request(self, address: str, url: str) -> None:
        if url != address and not url.startswith("data:"):
            self.requests.append(url)

    def _dismiss(self, dialog: Dialog) -> None:
        self.messages.append(dialog.message)
        dialog.dismiss()


def write_folder(folder: Path, run: tuple[History, dict[str, Any]]) -> Path:
    """Write the run's records and its proof sheet into the folder, and return the proof sheet's path."""
    history, result = run
    for name in history.folder.names():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(history.folder.read(name) or b"")
    (folder / "result.json").write_text("{}", encoding="utf-8")
    (folder / "report.html").write_bytes(render_report(history, result))
    return folder / "report.html"


def open_page(context: BrowserContext, folder: Path, run: tuple[History, dict[str, Any]]) -> OpenPage:
    """Open the run's proof sheet from the folder."""
    opened = OpenPage(context.new_page(), folder)
    opened.load(write_folder(folder, run).as_uri())
    return opened
