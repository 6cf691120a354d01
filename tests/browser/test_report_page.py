"""The proof sheet in a real browser: what is seen, at which width, in which colours, and that nothing in it acts."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.factories.runs import (
    HOSTILE,
    accepted_run,
    blocked_run,
    exhausted_run,
    failed_run,
    hostile_run,
    reworded_run,
)
from tests.support.factories.sample_run import SampleRun, night_picture
from tests.support.harnesses.browser_page import NARROW, WIDE, OpenPage

OpenRun = Callable[..., OpenPage]
RUNS = [accepted_run, exhausted_run, blocked_run, failed_run, hostile_run]
# What WCAG 2 AA asks for, and that headings go down one level at a time.
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}


@pytest.mark.parametrize("run", RUNS)
def test_page_when_opened_asks_for_nothing_and_reports_no_error(open_run: OpenRun, run: Callable[..., object]) -> None:
    here = open_run(run())
    here.page.wait_for_load_state("networkidle")
    assert here.requests == []
    assert here.messages == []


def test_page_of_hostile_texts_shows_them_as_written_and_runs_none(open_run: OpenRun) -> None:
    here = open_run(hostile_run())
    here.page.locator("summary").evaluate_all("every => every.forEach(one => one.parentElement.open = true)")
    here.page.mouse.move(700, 450)
    here.page.mouse.wheel(0, 3_000)
    here.page.wait_for_timeout(300)
    assert here.page.evaluate("[typeof window.owned, document.baseURI]") == ["undefined", here.page.url]
    assert here.page.locator("script, iframe, base, [onerror], [onmouseover]").count() == 0
    assert (here.requests, here.messages) == ([], [])
    asked, judged = here.page.locator(".asked").inner_text(), here.page.locator(".checks").inner_text()
    changed, captions = here.page.locator(".contact").inner_text(), here.page.locator(".caption").all_inner_texts()
    for text in HOSTILE:
        assert text in asked
        assert judged.count(text) == 2
        assert text in changed
        assert text in here.page.locator(".head").inner_text()
    assert HOSTILE[0] in captions[0]
    assert HOSTILE[1] in captions[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("run", [accepted_run, exhausted_run, failed_run, reworded_run])
def test_page_in_both_schemes_and_widths_is_accessible(
    open_run: OpenRun, run: Callable[..., object], size: tuple[int, int], scheme: str
) -> None:
    here = open_run(run(), size, scheme)
    here.page.locator("details").evaluate_all("every => every.forEach(one => one.open = true)")
    found = Axe().run(here.page, options=AXE)
    assert found.violations_count == 0, found.generate_report()


def test_page_follows_the_colour_scheme(open_run: OpenRun) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light, dark = (open_run(blocked_run(), WIDE, scheme).page.evaluate(paper) for scheme in ("light", "dark"))
    assert (light, dark) == ("rgb(245, 242, 234)", "rgb(27, 26, 24)")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("run", [accepted_run, exhausted_run, hostile_run, reworded_run])
def test_page_at_any_width_never_scrolls_sideways(
    open_run: OpenRun, run: Callable[..., object], size: tuple[int, int]
) -> None:
    here = open_run(run(), size)
    here.page.locator("details").evaluate_all("every => every.forEach(one => one.open = true)")
    assert here.page.evaluate("document.documentElement.scrollWidth") == size[0]
    sticking_out = "every => every.filter(one => one.getBoundingClientRect().right > innerWidth + 6).length"
    # The table of attempts scrolls in its own box.
    assert here.page.locator("main *:not(.box *)").evaluate_all(sticking_out) == 0


def test_page_of_one_endless_word_wraps_it(open_run: OpenRun) -> None:
    run = SampleRun({"prompt": "夜" * 200 + "x" * 180}, requirements=[{"id": "r1", "text": "y" * 500, "must": True}])
    run.wording(0)
    run.attempt(0, 1, [night_picture(1)], [{"r1": "z" * 500}])
    here = open_run(run.end("EXHAUSTED"), NARROW)
    assert here.page.evaluate("document.documentElement.scrollWidth") == NARROW[0]


def test_page_shows_every_picture_and_the_chosen_one_largest(open_run: OpenRun) -> None:
    page = open_run(accepted_run()).page
    sizes = page.locator("img").evaluate_all("every => every.map(one => [one.naturalWidth, one.clientWidth])")
    assert all(natural > 0 and seen > 0 for natural, seen in sizes)
    assert max(range(len(sizes)), key=lambda place: sizes[place][1]) == 0
    assert sizes[0][1] > 500


def test_page_marks_the_chosen_frame_in_words_and_by_a_drawn_line(open_run: OpenRun) -> None:
    page = open_run(accepted_run()).page
    assert [text.split("\n")[0] for text in page.locator(".frame.chosen .caption").all_inner_texts()] == ["Attempt 2"]
    assert page.locator(".mark").all_inner_texts() == ["★ Chosen picture"]
    frame, pencil = page.locator(".frame.chosen .film").bounding_box(), page.locator(".pencil").bounding_box()
    assert frame is not None
    assert pencil is not None
    assert pencil["width"] >= frame["width"]
    assert pencil["height"] >= frame["height"] - 10


def test_page_of_attempts_sets_them_side_by_side_in_one_strip(open_run: OpenRun) -> None:
    films = open_run(exhausted_run()).page.locator(".film")
    boxes = [box for place in range(films.count()) if (box := films.nth(place).bounding_box())]
    assert len({round(box["y"]) for box in boxes[:5]}) == 1
    assert len({round(box["height"]) for box in boxes}) == 1
    assert all(abs(left["x"] + left["width"] - right["x"]) < 1 for left, right in pairwise(boxes[:5]))


def test_page_links_lead_to_files_in_its_folder(open_run: OpenRun) -> None:
    here = open_run(accepted_run())
    addresses = here.page.locator("a").evaluate_all("every => every.map(one => one.href)")
    files = [Path(unquote(urlparse(address).path)) for address in addresses]
    assert len(files) >= 1 + 1 + 8 + 3
    assert all(file.is_relative_to(here.folder) and file.is_file() for file in files)


def test_page_of_a_right_to_left_prompt_sets_it_from_the_right(open_run: OpenRun) -> None:
    run = SampleRun({"prompt": "ليل هادئ فوق البحر، وقمر واحد (كامل)."}, language="ar")
    run.wording(0, unusable="language")
    prompt = open_run(run.end("EXHAUSTED")).page.locator(".asked .words")
    assert prompt.evaluate("one => [one.lang, getComputedStyle(one).direction]") == ["ar", "rtl"]


def test_page_of_a_long_prompt_folds_it_and_shows_all_of_it_when_asked(open_run: OpenRun) -> None:
    run = SampleRun({"prompt": "gulls " * 3_000 + "and the last word"})
    run.wording(0)
    page = open_run(run.end("EXHAUSTED"), NARROW).page
    assert page.evaluate("document.documentElement.scrollHeight") < 3_500
    whole = page.locator(".asked .whole")
    assert not whole.is_visible()
    page.locator(".asked summary").click()
    assert whole.is_visible()
    assert whole.inner_text().endswith("and the last word")


def test_page_on_paper_is_light_and_unfolded(open_run: OpenRun) -> None:
    page = open_run(exhausted_run(), WIDE, "dark").page
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    folded = page.locator(".caption details .misses li")
    assert (folded.count(), folded.first.is_visible()) == (1, True)
