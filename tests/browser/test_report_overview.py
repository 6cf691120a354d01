"""The proof sheet for a reader in a hurry: the first screen, the table of attempts, the folded frames, the paper."""

import io
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page

from tests.browser.test_report_page import OpenRun
from tests.support.factories.runs import long_run, reworded_run
from tests.support.factories.sample_run import REQUIREMENTS, SampleRun, night_picture
from tests.support.harnesses.browser_page import NARROW, WIDE, OpenPage

FOUR_SCREENS_PX = 4 * NARROW[1]
# A sheet of A4 without its margins of 14 mm.
PAPER_PX = 1017


def bottom(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def three_attempts() -> SampleRun:
    """Return a typical run: translated, failed twice, revised, and not yet ended."""
    more = [{**REQUIREMENTS[1], "id": f"r{number}", "text": "one house on the left side"} for number in (6, 7, 8)]
    run = SampleRun(
        {"prompt": "月明かりの夜の海。オーロラが空に広がり、海には流氷が浮かぶ。月は一つだけ。"},
        [*REQUIREMENTS, *more],
        language="ja",
        warnings=["amazon.titan-image-generator-v2:0 reached its end of life on Amazon Bedrock on 2026-06-30"],
        engine="stand-in",
    )
    run.wording(0, unusable="language")
    prompt = "A moonlit night sea. An aurora spreads across the sky, drift ice floats on the sea. Only one moon."
    run.wording(1, prompt, why="language", changes="Translated into English for the image model; nothing was added.")
    run.attempt(1, 1, [night_picture(11, "a green aurora")], [{"r3": "no moon"}])
    run.attempt(1, 2, [night_picture(12, "one full moon, drift ice")], [{"r2": "a dark sky with stars only"}])
    run.wording(2, f"A bright green aurora. {prompt}", why="failed", changes="Put first and emphasized: the aurora.")
    run.attempt(2, 1, [night_picture(13)], [{}])
    return run


def test_page_of_three_attempts_fits_on_four_screens_of_a_phone(open_run: OpenRun) -> None:
    page = open_run(three_attempts().end("ACCEPTED"), NARROW).page
    assert page.evaluate("document.documentElement.scrollHeight") <= FOUR_SCREENS_PX


def test_first_screen_of_a_phone_has_the_ending_the_engine_the_time_the_advice_and_the_picture(
    open_run: OpenRun,
) -> None:
    page = open_run(reworded_run(), NARROW).page
    for selector in (".standing", ".when", ".engine", ".next", ".print img"):
        assert bottom(page, selector) <= NARROW[1], selector


def test_first_screen_of_a_desk_has_the_prompt_and_the_verdict_beside_the_picture(open_run: OpenRun) -> None:
    page = open_run(reworded_run(), WIDE).page
    for selector in (".next", ".asked", ".verdict", ".facts"):
        assert bottom(page, selector) <= WIDE[1], selector
    picture, prompt = page.locator(".print img").bounding_box(), page.locator(".asked").bounding_box()
    assert picture is not None and prompt is not None
    assert picture["x"] + picture["width"] < prompt["x"]


def test_table_of_many_attempts_scrolls_in_its_own_box_and_keeps_the_requirements_in_sight(open_run: OpenRun) -> None:
    page = open_run(long_run(4, 6, [night_picture(1)]), NARROW).page
    box = page.locator(".box")
    assert box.evaluate("one => one.scrollWidth > one.clientWidth")
    assert page.locator(".sideways").is_visible()
    first, last = page.locator(".checks tbody th").first, page.locator(".checks tbody tr:first-child td").last
    box.focus()
    assert box.evaluate("one => document.activeElement === one"), "a keyboard cannot scroll it"
    start = first.bounding_box()
    box.evaluate("one => { one.scrollLeft = one.scrollWidth }")
    assert first.bounding_box() == start
    seen = last.bounding_box()
    assert seen is not None and seen["x"] + seen["width"] <= NARROW[0]
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW[0]


def test_table_of_many_attempts_breaks_no_word(open_run: OpenRun) -> None:
    requirements = [{**item, "text": "an extraordinary constellation"} for item in REQUIREMENTS]
    run = SampleRun({"max_retry_attempts": 12}, requirements)
    run.wording(0)
    for attempt in range(1, 13):
        run.attempt(0, attempt, [night_picture(1)], [{"r4": "open water"}])
    page = open_run(run.end("EXHAUSTED"), NARROW).page
    # A word that is broken has a box on each of its lines.
    broken = """every => every.flatMap(one => {
      const text = document.createTreeWalker(one, NodeFilter.SHOW_TEXT).nextNode(), range = document.createRange();
      return [...text.data.matchAll(/\\S+/g)].filter(word => {
        range.setStart(text, word.index); range.setEnd(text, word.index + word[0].length);
        return new Set([...range.getClientRects()].filter(box => box.width > 1).map(box => box.top)).size > 1;
      }).map(word => word[0]);
    })"""
    words = page.locator(".checks .words, .facts dd, .facts dt, .bill th, .misses li > span[dir]:not(details *)")
    assert words.count() > 15
    assert words.evaluate_all(broken) == []


def test_frames_that_ended_alike_open_by_keyboard(open_run: OpenRun) -> None:
    page = open_run(reworded_run()).page
    folded = page.locator(".alike .frame")
    assert folded.count() == 3 * 5
    assert not folded.first.is_visible()
    page.locator(".alike summary").first.focus()
    page.keyboard.press("Enter")
    assert folded.first.is_visible()
    assert not folded.last.is_visible()


def test_changes_of_a_wording_differ_in_more_than_colour(open_run: OpenRun) -> None:
    page = open_run(reworded_run()).page
    line = "one => getComputedStyle(one).textDecorationLine"
    assert page.locator("ins").first.evaluate(line) == "underline"
    assert page.locator("del").first.evaluate(line) == "line-through"


def on_paper(open_run: OpenRun, run: Callable[..., object]) -> OpenPage:
    here = open_run(run(), (688, PAPER_PX))
    here.page.emulate_media(media="print")
    return here


def test_paper_shows_the_folded_frames_and_every_column(open_run: OpenRun) -> None:
    page = on_paper(open_run, lambda: reworded_run(10)).page
    folded = page.locator(".alike .frame img")
    assert all(folded.nth(place).is_visible() for place in range(folded.count()))
    table, box = page.locator(".checks").bounding_box(), page.locator("main").bounding_box()
    assert table is not None and box is not None
    assert table["x"] + table["width"] <= box["x"] + box["width"] + 1
    assert page.locator(".checks tbody tr:first-child td").last.is_visible()
    asked = page.locator(".checks tbody th").first.bounding_box()
    assert asked is not None and asked["width"] > 150


def test_paper_of_more_attempts_than_fit_counts_them_instead(open_run: OpenRun) -> None:
    page = on_paper(open_run, lambda: reworded_run(11)).page
    assert not page.locator(".checks tbody td").first.is_visible()
    assert page.get_by_text("met in 0 of 33 attempts").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 688


def test_paper_cuts_no_picture(open_run: OpenRun) -> None:
    run = SampleRun()
    run.wording(0)
    tall = io.BytesIO()
    Image.new("RGB", (512, 2048), "navy").save(tall, "PNG")
    run.attempt(0, 1, [tall.getvalue()], [{}])
    page = on_paper(open_run, lambda: run.end("ACCEPTED")).page
    cut = "every => every.filter(one => getComputedStyle(one).breakInside !== 'avoid').length"
    assert page.locator("figure, .frame").evaluate_all(cut) == 0
    assert page.locator("img").evaluate_all("every => Math.max(...every.map(one => one.height))") < PAPER_PX / 2
