"""The batch sheet in a real browser: what is seen and found, with and without scripts, and that nothing in its texts acts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from lambdas.core.report.batch_page import _AT_ONCE
from tests.support.factories.batch_rows import check, many_rows, rejected_row, row, write_batch
from tests.support.factories.runs import HOSTILE
from tests.support.harnesses.browser_page import NARROW, OpenPage

WIDE = (1280, 900)
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}
FEW = [
    row(1, "ACCEPTED", prompt="a red circle", cost_usd=0.1, attempts=2),
    row(2, "EXHAUSTED", prompt="Ｔhree blue\nstars", cost_usd=0.3, attempts=5, failed=[check("exactly three stars")]),
    row(3, "BLOCKED", prompt="a knife", cost_usd=0.2, attempts=1),
    row(4, "ACCEPTED", prompt="月が一つ", cost_usd=0.4, attempts=9),
    rejected_row(5, '{"promt": "a moon"}', "promt: there is no such field; did you mean prompt?"),
]
MANY = [*many_rows(_AT_ONCE + 40), rejected_row(_AT_ONCE + 41)]
SHOWN = "#gallery > li:not([hidden]) h3"

OpenBatch = Callable[..., OpenPage]


@pytest.fixture
def open_batch(browser: Browser, tmp_path: Path) -> Iterator[OpenBatch]:
    """Open a batch's sheet: `open_batch(rows, size, scheme=…)`. Other options are Playwright's."""
    contexts: list[BrowserContext] = []

    def open_(rows: list[dict[str, Any]], size: tuple[int, int] = WIDE, scheme: Any = "light", **more: Any) -> OpenPage:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, **more)
        contexts.append(context)
        opened = OpenPage(context.new_page(), tmp_path)
        opened.load(write_batch(tmp_path, rows).as_uri())
        return opened

    yield open_
    for context in contexts:
        context.close()


def ids(page: Page) -> list[str]:
    """Return the ids of the cards that are shown, in their order, without their common beginning."""
    return [text.removeprefix("item-000") for text in page.locator(SHOWN).all_text_contents()]


def wait_for_all(page: Page, items: int) -> None:
    page.wait_for_function("all => document.querySelectorAll('#gallery > li').length === all", arg=items)


@pytest.mark.parametrize("rows", [FEW, MANY], ids=["few", "many"])
def test_sheet_loads_only_pictures_of_its_bucket_and_reports_no_error(open_batch: OpenBatch, rows: list[Any]) -> None:
    here = open_batch(rows)
    wait_for_all(here.page, len(rows) - 1)
    here.page.locator("#gallery > li").last.scroll_into_view_if_needed()
    here.page.wait_for_load_state("networkidle")
    assert here.messages == []
    files = [Path(unquote(urlparse(address).path)) for address in here.requests]
    assert files
    assert all(file.is_relative_to(here.folder) and file.name == "thumbnail.jpg" for file in files)


def test_sheet_links_lead_to_files_of_the_batch(open_batch: OpenBatch) -> None:
    here = open_batch(FEW)
    addresses = here.page.locator("a").evaluate_all("every => every.map(one => one.href)")
    files = {Path(unquote(urlparse(address).path)) for address in addresses}
    assert len(files) == 3 + 3 + 4 + 1  # the tables, the pictures, the runs' sheets, and the page itself
    assert all(file.is_relative_to(here.folder) and file.is_file() for file in files)
    assert here.page.locator("a[download]").get_attribute("href") == "results.csv"


def test_a_long_sheet_loads_the_pictures_of_the_first_screen_only(open_batch: OpenBatch) -> None:
    here = open_batch(many_rows(400))
    wait_for_all(here.page, 400)
    here.page.wait_for_load_state("networkidle")
    assert 0 < len(here.requests) < 100


def test_tools_by_keyboard_filter_sort_and_search(open_batch: OpenBatch) -> None:
    page = open_batch(FEW).page
    assert ids(page) == ["1", "2", "3", "4"]
    all_of_them, press = page.locator("input[name=status]").first, page.keyboard.press
    all_of_them.focus()
    press("ArrowRight")
    assert (ids(page), page.locator("#shown").inner_text()) == (["1", "4"], "2 of 4 shown")
    press("ArrowLeft")
    press("Tab")
    for key, order in (("ArrowDown", "3214"), ("ArrowDown", "4231"), ("ArrowDown", "4213"), ("Home", "1234")):
        press(key)
        assert ids(page) == list(order), key
    press("Tab")
    for words, found in (
        ("RED  circle", ["1"]),
        ("three blue stars", ["2"]),
        ("月", ["4"]),
        ("item-0003", ["3"]),
        ("$", []),
    ):
        page.keyboard.type(words)
        assert ids(page) == found, words
        press("Control+a")
        press("Delete")
    assert ids(page) == ["1", "2", "3", "4"]


def test_search_finds_cards_below_the_first_ones(open_batch: OpenBatch) -> None:
    page = open_batch(MANY).page
    wait_for_all(page, len(MANY) - 1)
    page.locator("#search").fill(f"({_AT_ONCE + 39})")
    assert ids(page) == [f"item-{_AT_ONCE + 39:04}".removeprefix("item-000")]


def test_sheet_without_scripts_shows_every_card_and_no_tools(open_batch: OpenBatch) -> None:
    page = open_batch(MANY, java_script_enabled=False).page
    cards = page.locator(".gallery > li")
    assert cards.count() == len(MANY) - 1
    assert cards.last.is_visible()
    assert not page.locator("#tools").is_visible()
    assert not page.locator("#waiting").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_sheet_in_both_schemes_and_widths_is_accessible_and_never_scrolls_sideways(
    open_batch: OpenBatch, size: tuple[int, int], scheme: str
) -> None:
    page = open_batch([*many_rows(20), row(21, prompt="x" * 900), *map(rejected_row, (22, 23))], size, scheme).page
    page.locator("details").evaluate_all("every => every.forEach(one => one.open = true)")
    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def test_hostile_texts_are_shown_as_written_and_do_nothing(open_batch: OpenBatch) -> None:
    everything = "\n".join(HOSTILE)
    rows = [
        row(1, "EXHAUSTED", prompt=everything, failed=[check(HOSTILE[0]), check(HOSTILE[1])]),
        row(2, "ERROR", prompt=HOSTILE[3] * 20, error=HOSTILE[0], message=everything),
        rejected_row(3, everything, everything),
        *(row(number, prompt=everything) for number in range(4, _AT_ONCE + 20)),
    ]
    here = open_batch(rows)
    page = here.page
    wait_for_all(page, len(rows) - 1)
    page.locator("details").evaluate_all("every => every.forEach(one => one.open = true)")
    assert page.evaluate("[typeof window.owned, document.baseURI]") == ["undefined", page.url]
    assert page.locator("iframe, base, [onerror], [onmouseover], meta[http-equiv=refresh]").count() == 0
    assert page.locator("script").count() == 1
    assert here.messages == []
    assert not any("attacker" in address for address in here.requests)
    places = (page.locator("#rejected"), page.locator("#gallery > li").first, page.locator("#gallery > li").last)
    seen = ["".join((place.text_content() or "").split()) for place in places]
    for text in HOSTILE:
        assert all("".join(text.split()) in shown for shown in seen), text


def test_a_script_that_is_injected_is_blocked(open_batch: OpenBatch) -> None:
    here = open_batch(FEW)
    here.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.owned = 1";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.owned = 2'>");
            document.body.insertAdjacentHTML("beforeend", "<img src='https://attacker.example/x.png'>");
        }"""
    )
    here.page.wait_for_load_state("networkidle")
    assert here.page.evaluate("typeof window.owned") == "undefined"
    assert len([message for message in here.messages if "Content Security Policy" in message]) == 3


def test_sheet_on_paper_has_every_card_and_its_picture_and_no_tools(open_batch: OpenBatch) -> None:
    page = open_batch(FEW, WIDE, "dark").page
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#tools").is_visible()
    assert page.pdf(format="A4").count(b"/Subtype /Image") >= 3
    assert 1 <= open_batch(many_rows(90)).page.pdf(format="A4").count(b"/Type /Page\n") <= 12


def test_figures_when_narrow_then_their_rows_have_a_gap(open_batch: OpenBatch) -> None:
    page = open_batch(FEW, NARROW).page
    boxes = page.locator(".facts > div").evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
    first, second = boxes[0], next(box for box in boxes if box["top"] > boxes[0]["top"])

    assert second["top"] - first["bottom"] >= 8
