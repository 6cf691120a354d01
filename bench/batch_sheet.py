"""Measure how soon Chromium paints the sheet of a batch of 2,000 items."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from bench.section import Figure, Section, Target
from tests.support.factories.batch_rows import many_rows, write_batch
from tests.support.harnesses.chromium import run_chromium

ITEMS = 2_000
ROUNDS = 15
PAINT_TARGET = Target("≤", 1.5)
SIZE_TARGET = Target("≤", 2.0)

_BLANK = '<!doctype html><html lang="en"><meta charset="utf-8"><title>blank</title><body><p>.</p></body></html>'
_PAINTED = "() => performance.getEntriesByName('first-paint').length > 0"
_FIRST_PAINT_MS = "() => performance.getEntriesByName('first-paint')[0].startTime"


def measure(report: Callable[[str], None]) -> Section:
    """Open the pages alternately, each in a new context, so that other load affects them equally."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        blank = root / "blank.html"
        blank.write_text(_BLANK, encoding="utf-8")
        empty = write_batch(root / "empty", [])
        many = write_batch(root / "many", many_rows(ITEMS))
        size_mb = many.stat().st_size / 1e6
        painted_ms: dict[Path, list[float]] = {blank: [], empty: [], many: []}
        with run_chromium(root) as browser:
            # Round 0 starts the browser's processes and fills the disk cache.
            for number in range(ROUNDS + 1):
                for page, times_ms in painted_ms.items():
                    taken_ms = _first_paint_ms(browser, page)
                    if number:
                        times_ms.append(taken_ms)
                report(f"round {number} of {ROUNDS}")
    blank_ms, empty_ms, many_ms = (median(painted_ms[page]) for page in (blank, empty, many))
    return Section(
        title="Batch sheet",
        how=f"""The time from the start of the navigation to Chromium's `first-paint`, of a sheet with {ITEMS:,} items and their thumbnails
on disk, ÷ that of the empty page: the sheet of a batch without items. Medians of {ROUNDS} openings each, alternately, each in a
new context of 1280 × 900 pixels. The blank page has one letter and no style sheet. The size is that of report.html; the
thumbnails are loaded when they are scrolled to.""",
        figures=(
            Figure(
                name=f"first paint, {ITEMS:,} items ÷ the empty page", value=many_ms / empty_ms, target=PAINT_TARGET
            ),
            Figure(name=f"first paint, {ITEMS:,} items ÷ a blank page", value=many_ms / blank_ms),
            Figure(name="first paint, the empty page ÷ a blank page", value=empty_ms / blank_ms),
            Figure(name="first paint, a blank page", value=blank_ms, unit="ms", digits=0),
            Figure(name=f"report.html, {ITEMS:,} items", value=size_mb, unit="MB", target=SIZE_TARGET),
        ),
    )


def _first_paint_ms(browser: Browser, path: Path) -> float:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.goto(path.as_uri())
        page.wait_for_function(_PAINTED)
        return float(page.evaluate(_FIRST_PAINT_MS))
    finally:
        context.close()
