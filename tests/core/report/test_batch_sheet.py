"""The text of the batch sheet: its totals, what it shows of many items, and where its links lead."""

import html
import re
from typing import Any

import pytest

from lambdas.core.report import batch_links, batch_sheet
from lambdas.core.report.batch_card import fold_prompt
from lambdas.core.report.batch_links import Links, image_sources
from lambdas.core.runtime.settings import Settings
from tests.support.factories.batch_rows import BUCKET, check, many_rows, rejected_row, render, row, sheet_of


def text_of(page: bytes) -> str:
    """Return the words of the page's body."""
    body = re.sub(r"<(style|script)>.*?</\1>", "", page.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def test_the_head_counts_every_ending_and_what_an_accepted_picture_costs() -> None:
    rows = [
        *(row(number, cost_usd=0.1, images=2) for number in (1, 2, 3)),
        row(4, "EXHAUSTED", cost_usd=0.3, images=5),
        row(5, "UNCERTAIN", cost_usd=0.3, images=2),
        row(6, "ERROR", cost_usd=0.0, error="ModelThrottledError"),
        row(7, "ERROR", cost_usd=0.0, error="RecordError"),
        row(8, "ERROR", cost_usd=0.0, error="RecordError"),
        rejected_row(9),
    ]
    text = text_of(render(rows, skipped=2))
    assert "3 of 8 accepted" in text
    assert (
        "3 ✓ Accepted 3 ! Ended by a fault RecordError 2 ModelThrottledError 1 1 ✕ Not accepted 1 ? Uncertain" in text
    )
    assert "1 – Rejected line" in text
    assert "Cost $0.9000 of at most $100 Per accepted" in text
    assert "of at most $100 for each rerun" in text_of(render(rows, generation=2))
    assert "Per accepted picture $0.3000" in text
    assert "Pictures per accepted 4.3 13 in all" in text
    assert "Lines 9 2 repeated" in text


def test_a_batch_without_an_accepted_picture_has_no_price_of_one() -> None:
    text = text_of(render([row(1, "BLOCKED")]))
    assert "✕ 0 of 1 accepted" in text
    assert "Per accepted" not in text


def test_the_stand_in_is_named_before_the_figures() -> None:
    text = text_of(render([row(1)], engine="stand-in"))
    assert text.index("stand-in") < text.index("Bedrock would cost $0.0806")
    assert "stand-in" not in text_of(render([row(1)]))


def test_a_fault_of_the_map_is_shown() -> None:
    fault = {"error": "States.Runtime", "message": "the map was stopped"}
    assert "States.Runtime the map was stopped" in text_of(render([row(1, "ERROR")], fault=fault))


def test_warnings_of_the_plan_are_shown() -> None:
    assert "1 warning manifest: read as cp1252" in text_of(render([row(1)], warnings=["manifest: read as cp1252"]))


def test_the_requirements_that_failed_most_come_first_with_both_counts() -> None:
    rows = [
        row(1, "EXHAUSTED", failed=[check("one moon"), check("no  text")]),
        row(2, "EXHAUSTED", failed=[check("one moon")]),
        row(3, "UNCERTAIN", uncertain=[check("one moon"), check("tasty")]),
        row(4, "ACCEPTED", failed=[check("a calm mood", "storm")]),
    ]
    worst = sheet_of(rows).worst_requirements
    assert worst[0] == ("one moon", 2, 1)
    assert sorted(worst[1:]) == [("a calm mood", 1, 0), ("no text", 1, 0), ("tasty", 0, 1)]


def test_a_frequent_requirement_is_found_among_more_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_sheet, "_MAX_REQUIREMENTS", 10)
    rows = [row(number, "EXHAUSTED", failed=[check(f"thing {number}"), check("one moon")]) for number in range(200)]
    sheet = sheet_of(rows)
    assert sheet.worst_requirements[0] == ("one moon", 200, 0)
    assert len(sheet._requirements["missed"]) <= 20


def test_cards_are_in_the_order_of_lines_and_say_why_an_item_was_not_accepted() -> None:
    rows = [
        row(3, "EXHAUSTED", failed=[check("one moon"), check("no text"), check("a lid")], uncertain=[check("tasty")]),
        row(1, "ERROR", error="ModelAccessError", message="this role may not call it"),
        row(2, "BLOCKED", message="A content filter refused the prompt or every picture (1 attempt)."),
    ]
    cards = sheet_of(rows).cards
    assert [card.line for card in cards] == [1, 2, 3]
    assert [card.reason for card in cards] == [
        "ModelAccessError: this role may not call it",
        "A content filter refused the prompt or every picture (1 attempt).",
        "",
    ]
    assert (cards[2].missed, cards[2].missed_omitted) == ([("missed", "one moon"), ("missed", "no text")], 2)
    assert (cards[1].picture, cards[1].thumbnail) == (None, None)


def test_a_batch_of_more_items_than_fit_shows_those_that_were_not_accepted_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch_sheet, "MAX_CARDS", 10)
    rows = [row(number, "EXHAUSTED" if number % 5 == 0 else "ACCEPTED") for number in range(1, 31)]
    sheet = sheet_of(rows)
    assert [card.line for card in sheet.cards] == [1, 2, 3, 4, 5, 10, 15, 20, 25, 30]
    assert (sheet.items, sheet.accepted) == (30, 24)
    assert "10 of 30 items are shown, those without an accepted picture first." in text_of(render(rows))


def test_a_page_of_2000_items_with_long_prompts_and_names_is_below_2_mb() -> None:
    long_id = "n" * 40
    rows = [
        one
        | {
            "item_id": long_id,
            "prompt": "月明かりの夜の海。" * 500,
            "image": one["image"] and one["image"].replace(one["item_id"], long_id),
            "report": one["report"].replace(one["item_id"], long_id),
        }
        for one in many_rows(2_000)
    ]
    assert len(render(rows)) < 2_000_000


def test_a_long_prompt_is_folded_and_cut_only_where_many_are_shown() -> None:
    prompt = "gulls and " * 300 + "the last word"
    few, many = sheet_of([row(1, prompt=prompt)]), sheet_of([row(number, prompt=prompt) for number in range(1, 2_001)])
    whole, cut = few.cards[0].prompt, many.cards[0].prompt
    assert (f"{whole.opening} {whole.rest}", whole.is_cut) == (prompt, False)
    assert cut.is_cut
    assert 250 < len(f"{cut.opening} {cut.rest}") <= 271


@pytest.mark.parametrize("text", ["", "a red circle", "夜" * 200, "x" * 500, "\U0001f30a" * 100])
def test_fold_prompt_loses_nothing_within_the_bytes(text: str) -> None:
    folded = fold_prompt(text, 5_000)
    assert (folded.opening + folded.rest, folded.is_cut) == (text, False)
    cut = fold_prompt(text, 30)
    assert text.startswith(cut.opening + cut.rest)
    assert len((cut.opening + cut.rest).encode()) <= 30


def test_rejected_lines_have_their_text_and_reason_and_stay_out_of_the_gallery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_sheet, "MAX_REJECTED", 2)
    rows = [row(1), rejected_row(2, "not <json>", "is not JSON"), rejected_row(3, "y" * 5_000), rejected_row(4)]
    sheet = sheet_of(rows)
    assert [card.line for card in sheet.cards] == [1]
    assert [(one.line, one.text[:10], one.reason) for one in sheet.rejected] == [
        (2, "not <json>", "is not JSON"),
        (3, "y" * 10, "promt: there is no such field"),
    ]
    assert len(sheet.rejected[1].text) == 601
    text = text_of(render(rows))
    assert "2 not <json> is not JSON" in text
    assert "1 more line in rejected.jsonl" in text


@pytest.mark.parametrize(
    ("links", "uri", "expected"),
    [
        (Links("b"), "s3://b/generated-images/x--a/report.html", "../../generated-images/x--a/report.html"),
        (Links("b"), "s3://b/a b/ü#?/x--a/report.html", "../../a%20b/%C3%BC%23%3F/x--a/report.html"),
        (Links("b"), "s3://other/x--a/report.html", None),
        (Links("b"), None, None),
        (Links("b", "generated-images"), "s3://b/generated-images/x--a/report.html", "../../x--a/report.html"),
        (Links("b", "generated-images"), "s3://b/campaign/x--a/report.html", "../../campaign/x--a/report.html"),
        (Links("b", "generated-images"), "s3://other/generated-images/x--a/report.html", "../../x--a/report.html"),
    ],
)
def test_links_lead_from_the_sheet_to_the_record_in_s3_and_in_the_local_folder(
    links: Links, uri: str | None, expected: str | None
) -> None:
    assert links.to(uri) == expected


def test_a_picture_in_another_bucket_is_named_by_its_address() -> None:
    elsewhere = "s3://campaign/generated-images/posters-0a1b2c3d--item-0001"
    page = render([row(1, image=f"{elsewhere}/r00/a01/image-1.png", report=f"{elsewhere}/report.html")])
    assert f"In another bucket: {elsewhere}/r00/a01/image-1.png" in text_of(page)
    assert b"<img" not in page


def test_the_policy_of_the_page_allows_pictures_of_its_own_bucket_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    sources = image_sources(BUCKET).split()
    assert sources[0] == "'self'"
    assert f"https://{BUCKET}.s3.us-west-2.amazonaws.com" in sources
    assert f"https://s3.us-west-2.amazonaws.com/{BUCKET}/" in sources
    assert all(source.startswith("https://") and BUCKET in source for source in sources[1:])


@pytest.mark.parametrize(
    ("setting", "sources"),
    [
        ({"local_prefix": "generated-images"}, "'self' file:"),
        ({"s3_url": "http://127.0.0.1:4566"}, f"'self' http://127.0.0.1:4566/{BUCKET}/"),
    ],
)
def test_the_policy_of_the_page_allows_files_and_loopback_on_this_machine_only(
    monkeypatch: pytest.MonkeyPatch, setting: dict[str, Any], sources: str
) -> None:
    monkeypatch.setattr(batch_links, "settings", lambda: Settings(bucket=BUCKET, **setting))
    assert image_sources(BUCKET) == sources


def test_every_link_of_the_page_is_relative_and_in_a_plain_attribute() -> None:
    rows: list[dict[str, Any]] = many_rows(100)
    found = re.findall(r'\s(?:src|href)="([^"]*)"', render(rows).decode())
    assert all(re.fullmatch(r"data:,|#rejected|[a-z]+\.(csv|jsonl?)|\.\./\.\./[\w./-]+", link) for link in found)
    assert len([link for link in found if link.endswith("thumbnail.jpg")]) == 90
