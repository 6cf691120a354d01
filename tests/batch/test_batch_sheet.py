"""The sheet of a batch on the shipped machine: its links, its thumbnails, and that it can never fail the batch."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from lambdas.conclude_batch import sheet
from tests.support.harnesses.batch import PROMPT, Batch, Batches, batches

LINES = [
    {"id": "one", "prompt": PROMPT},
    {"id": "two", "prompt": "a green star", "output_s3_key_prefix": "campaign/may"},
    {"id": "bad", "promt": "a moon"},
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batches]:
    with batches(tmp_path_factory.mktemp("out")) as found:
        yield found


def linked(batch: Batch) -> list[Path]:
    """Return the files that the sheet links to."""
    page = (batch.folder / "report.html").read_text(encoding="utf-8")
    links = re.findall(r'\s(?:src|href)="([^"#:]+)"', page)
    return [(batch.folder / unquote(link)).resolve() for link in links]


def test_the_sheet_links_to_files_of_the_folder_and_the_summary_names_it(here: Batches) -> None:
    batch = here.run("batches/sheet.jsonl", LINES)
    files = linked(batch)
    assert all(file.is_file() for file in files)
    assert len([file for file in files if file.name == "thumbnail.jpg"]) == 2
    assert batch.summary["report_s3_uri"] == f"s3://retake-local/batch/{batch.summary['batch_id']}/report.html"
    assert "promt: there is no such field" in (batch.folder / "report.html").read_text(encoding="utf-8")


def test_an_item_that_was_accepted_before_keeps_its_picture_and_gets_a_thumbnail_that_is_missing(here: Batches) -> None:
    first = here.run("batches/again.jsonl", LINES)
    thumbnail = here.root / f"{first.summary['batch_id']}--one/thumbnail.jpg"
    before = thumbnail.read_bytes()
    key = f"generated-images/{first.summary['batch_id']}--one/thumbnail.jpg"
    here.cloud.clients.s3.delete_object(Bucket="retake-local", Key=key)
    assert not thumbnail.exists()

    second = here.run("batches/again.jsonl")

    assert second.calls == []
    assert thumbnail.read_bytes() == before
    assert all(file.is_file() for file in linked(second))


def test_a_sheet_that_cannot_be_rendered_does_not_fail_the_batch(
    here: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "render_batch_report", lambda *_: 1 / 0)
    batch = here.run("batches/unrendered.jsonl", LINES[:1])
    assert (batch.outcome.status, batch.summary["status"]) == ("SUCCEEDED", "ACCEPTED")
    assert batch.summary["report_s3_uri"] is None
