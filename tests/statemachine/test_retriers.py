"""An error is retried in the same way wherever it is retried, but for named exceptions."""

import json
from typing import Any

from statemachine import FOLDER

EXCEPTIONS = {
    ("Generate image", "ModelThrottledError"): "many short waits: doubling ones leave an image model's quota unused",
    ("Plan batch", "RecordError"): "one try more: it reads and writes for minutes, and starts over when S3 fails once",
    ("Conclude batch", "RecordError"): "one try more, for the same reason",
}


def retriers() -> dict[tuple[str, str], dict[str, Any]]:
    """How each state retries each error, over both machines."""
    states: dict[str, Any] = {}
    for name in ("loop", "batch"):
        states |= json.loads((FOLDER / f"{name}.asl.json").read_text(encoding="utf-8"))["States"]
    return {
        (name, error): {field: value for field, value in retrier.items() if field != "ErrorEquals"}
        for name, state in states.items()
        for retrier in state.get("Retry", [])
        for error in retrier["ErrorEquals"]
    }


def test_equal_errors_have_equal_retriers_in_both_machines_but_for_the_exceptions() -> None:
    common: dict[str, dict[str, Any]] = {}
    for (state, error), retrier in retriers().items():
        if (state, error) not in EXCEPTIONS:
            assert common.setdefault(error, retrier) == retrier, f"{state} retries {error} in another way"
    assert len(common) > 10


def test_every_exception_is_one() -> None:
    found = retriers()
    for state, error in EXCEPTIONS:
        usual = next(one for place, one in found.items() if place[1] == error and place not in EXCEPTIONS)
        assert found[state, error] != usual
    throttled = found["Generate image", "ModelThrottledError"]
    assert (throttled["MaxDelaySeconds"], throttled["MaxAttempts"]) == (10, 20)
    assert {found[state, "RecordError"]["MaxAttempts"] for state in ("Plan batch", "Conclude batch")} == {3}
