"""The table of a batch's statuses: the handlers' answers, the page and the commands agree with it."""

from pathlib import Path

import pytest

from lambdas.core.batch.statuses import BATCH_STATUSES, OWN_ERRORS, batch_status_of
from lambdas.core.batch.summary import Tally, refusal, summarize
from lambdas.core.run.statuses import STATUSES
from lambdas.core.runtime.execution import BatchExecution
from retake.view.batch_ending import BatchEnding

ROOT = Path(__file__).parents[3]
# The contract: status, execution's error, exit code, are there results.
CONTRACT: list[tuple[str, str | None, int, bool]] = [
    ("ACCEPTED", None, 0, True),
    ("NOT_ALL_ACCEPTED", "BatchNotAccepted", 1, True),
    ("REFUSED", "InvalidRequestError", 2, False),
    ("DUPLICATE", None, 0, False),
]
PLAN = {"batch": {"id": "b", "generation": 1}, "lines": 9, "items": 9, "rejected": 0, "skipped": 0, "max_cost_usd": 1.0}
EXECUTION: BatchExecution = {"id": "arn", "name": "x", "started_at": "2026-11-21T06:00:00Z"}


def test_every_status_of_a_batch_has_its_row() -> None:
    table = [(row.name, row.error, row.exit_code, row.has_results) for row in BATCH_STATUSES.values()]
    assert table == CONTRACT
    assert {"BatchNotAccepted", "InvalidRequestError"} == OWN_ERRORS


def test_the_contract_page_shows_the_table_of_batches() -> None:
    page = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
    _, _, after = page.partition(
        "| a batch's `status` | when | execution | `Error` | exit code |\n|---|---|---|---|---|\n"
    )
    assert after.partition("\n\n")[0].splitlines() == [
        f"| `{row.name}` | {row.meaning} | {'FAILED' if row.error else 'SUCCEEDED'} "
        f"| {f'`{row.error}`' if row.error else ''} | {row.exit_code} |".replace("|  |", "| |")
        for row in BATCH_STATUSES.values()
    ]


def tally_of(*statuses: str) -> Tally:
    tally = Tally()
    for status in statuses:
        tally.add({"status": status, "cost_usd": 0.25, "attempts": 2})
    return tally


def test_every_status_of_an_item_counts_in_one_field_of_the_summary() -> None:
    plan = {**PLAN, "items": len(STATUSES)}
    tally = tally_of(*STATUSES)
    summary = summarize(plan, tally, tally.cost_usd, EXECUTION, None)
    assert (summary["accepted"], summary["not_accepted"], summary["errors"]) == (1, len(STATUSES) - 2, 1)
    assert summary["by_status"] == dict.fromkeys(sorted(STATUSES), 1)
    assert (summary["cost"]["total_usd"], summary["attempts"]) == (0.25 * len(STATUSES), 2 * len(STATUSES))


@pytest.mark.parametrize(
    ("statuses", "rejected", "expected"),
    [
        (["ACCEPTED"] * 9, 0, "ACCEPTED"),
        (["ACCEPTED"] * 9, 1, "NOT_ALL_ACCEPTED"),
        (["ACCEPTED"] * 8 + ["BEST_EFFORT"], 0, "NOT_ALL_ACCEPTED"),
        (["ERROR"] * 9, 0, "NOT_ALL_ACCEPTED"),
    ],
)
def test_a_batch_is_accepted_when_every_line_is(statuses: list[str], rejected: int, expected: str) -> None:
    summary = summarize({**PLAN, "rejected": rejected}, tally_of(*statuses), 0.0, EXECUTION, None)
    assert batch_status_of(summary).name == summary["status"] == expected


@pytest.mark.parametrize(
    ("summary", "code"),
    [
        ({"status": "ACCEPTED", "items": 2}, 0),
        ({"status": "DUPLICATE"}, 0),
        ({"status": "NOT_ALL_ACCEPTED", "items": 2}, 1),
        ({"status": "PAUSED", "items": 2}, 1),
        (refusal("b", "arn", "no"), 2),
        ({"status": "NOT_ALL_ACCEPTED", "items": 0}, 2),
        ({"status": "NOT_ALL_ACCEPTED", "items": 2, "fault": {}}, 3),
        (None, 3),
    ],
)
def test_the_exit_code_of_a_batch_follows_from_its_summary(summary: dict[str, object] | None, code: int) -> None:
    assert BatchEnding(summary).exit_code == code
    assert BatchEnding(summary, is_interrupted=True).exit_code == 130
