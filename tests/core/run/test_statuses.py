"""The table of statuses: every ending of a run has a row, and the documents and the state machine agree with it."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from lambdas.core.run.statuses import BEST_EFFORT, ERROR, INVALID_REQUEST, STATUSES, Status, Tone, status_of
from retake.view import exit_codes, live
from statemachine import FOLDER

ROOT = Path(__file__).parents[3]
# The contract: status, error of the execution, exit code, metric, field of summary.json, whether return_best applies.
CONTRACT: list[tuple[str, str | None, int, str | None, str, bool]] = [
    ("ACCEPTED", None, 0, "Accepted", "accepted", False),
    ("UNCERTAIN", "RunUncertain", 1, "Uncertain", "not_accepted", False),
    ("EXHAUSTED", "RunExhausted", 1, "NotAccepted", "not_accepted", True),
    ("BLOCKED", "RunBlocked", 1, "NotAccepted", "not_accepted", True),
    ("BUDGET_EXCEEDED", "BudgetExceeded", 1, "NotAccepted", "not_accepted", True),
    ("BEST_EFFORT", None, 1, "NotAccepted", "not_accepted", False),
    ("DRY_RUN", None, 0, None, "not_accepted", False),
    ("DUPLICATE", None, 0, None, "not_accepted", False),
    ("ERROR", None, 3, "Faults", "errors", False),
]


def endings(definition: Any) -> set[str]:
    """Return every constant that a state assigns to `ending`."""
    if isinstance(definition, dict):
        own = {definition["ending"]} if isinstance(definition.get("ending"), str) else set()
        return own.union(*(endings(inner) for inner in definition.values()))
    return set().union(*(endings(inner) for inner in definition)) if isinstance(definition, list) else set()


def test_every_status_has_the_row_of_the_contract() -> None:
    table = [
        (row.name, row.error, row.exit_code, row.metric, row.batch_count, row.may_return_best)
        for row in STATUSES.values()
    ]
    assert table == CONTRACT
    assert all(name == row.name for name, row in STATUSES.items())


def test_every_ending_of_the_state_machine_has_a_row() -> None:
    found = endings(json.loads((FOLDER / "loop.asl.json").read_text(encoding="utf-8")))
    constants = {ending for ending in found if not ending.startswith("{%")}
    assert constants >= {"ACCEPTED", "UNCERTAIN", "EXHAUSTED", "BUDGET_EXCEEDED", "ERROR"}
    assert constants <= set(STATUSES)


@pytest.mark.parametrize("tone", get_args(Tone))
def test_every_tone_has_a_colour_on_a_terminal_and_on_the_page(tone: Tone) -> None:
    assert tone in live._STYLES
    css = (ROOT / "lambdas/core/report/templates/page.css").read_text(encoding="utf-8")
    assert tone == "plain" or re.search(rf"\.{tone} \.stamp \{{ color: ", css)


@pytest.mark.parametrize("row", STATUSES.values(), ids=STATUSES)
def test_every_row_can_be_shown(row: Status) -> None:
    assert row.title and row.sign and row.mark
    assert row.tone in get_args(Tone)
    assert row.message.format(tried="1 attempt and 0 revisions").endswith(".")
    if row.next_step:
        assert "{" not in row.next_step.format(again="start again")


def test_return_best_changes_a_failure_to_a_success() -> None:
    assert (BEST_EFFORT.error, BEST_EFFORT.may_return_best) == (None, False)
    # Without `return_best`, the statuses that it applies to fail.
    assert all(row.error for row in STATUSES.values() if row.may_return_best)


def test_an_invalid_request_is_not_a_fault() -> None:
    assert status_of({"status": "ERROR", "error": "ModelAccessError"}) is ERROR
    assert status_of({"status": "ERROR"}) is ERROR
    refused = status_of({"status": "ERROR", "error": "InvalidRequestError"})
    assert refused is INVALID_REQUEST
    assert (refused.exit_code, refused.metric, refused.next_step) == (2, "InvalidRequests", None)


def test_an_unknown_status_is_shown_under_its_own_name() -> None:
    row = status_of({"status": "PAUSED"})
    assert (row.name, row.title, row.tone, row.exit_code) == ("PAUSED", "PAUSED", "plain", exit_codes.FAULT)


def test_the_exit_codes_are_those_of_the_contract() -> None:
    names = ("ACCEPTED", "NOT_ACCEPTED", "BAD_INPUT", "FAULT", "INTERRUPTED")
    assert [getattr(exit_codes, name) for name in names] == [0, 1, 2, 3, 130]
