"""The state of a run has the same fields for every request, and survives the state machine unchanged."""

import json
from typing import Any

import pytest

from lambdas.core.run.state import RunState
from lambdas.core.storage.run_folder import RunFolder
from tests.support.factories.core import request

BATCH = {"id": "posters", "max_cost_usd": 9, "generation": 2, "execution": "posters-1"}
WHOLE = {
    "bucket": "pictures",
    "prefix": "generated-images",
    "run_id": "run-1",
    "max_retry_attempts": 5,
    "max_prompt_revisions": 3,
    "revise_policy": "after_retries",
    "resumed": False,
    "counter": "",
}


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({}, {}),
        ({"dry_run": True}, {}),
        (
            {"max_retry_attempts": 2, "max_prompt_revisions": 0, "revise_policy": "adaptive"},
            {"max_retry_attempts": 2, "max_prompt_revisions": 0, "revise_policy": "adaptive"},
        ),
        ({"output_s3_key_prefix": "here/there/", "run_id": "mine"}, {"prefix": "here/there", "run_id": "mine"}),
        (
            {"run_id": "posters--a", "batch": BATCH},
            {"run_id": "posters--a", "counter": "posters#2@posters-1"},
        ),
    ],
)
def test_every_request_gives_a_state_with_the_same_fields(given: dict[str, Any], changed: dict[str, Any]) -> None:
    assert RunState.of(request(**given)).to_state() == WHOLE | changed


def test_a_resumed_run_says_so() -> None:
    assert RunState.of(request(), resumed=True).to_state() == WHOLE | {"resumed": True}


def test_a_state_survives_the_state_machine_unchanged() -> None:
    state = RunState.of(request(), resumed=True)
    assert RunState.from_state(json.loads(json.dumps(state.to_state()))) == state
    assert state.folder == RunFolder("pictures", "generated-images", "run-1")


@pytest.mark.parametrize("name", WHOLE)
def test_a_state_with_a_missing_field_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        RunState.from_state({key: value for key, value in WHOLE.items() if key != name})


def test_a_state_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError, match="concluded"):
        RunState.from_state({**WHOLE, "concluded": True})
