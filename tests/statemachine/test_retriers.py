"""Every state retries an error in the same way, except for the named exceptions."""

import json
from typing import Any

from statemachine import FOLDER

EXCEPTIONS = {
    ("Generate image", "ModelThrottledError"): "many short waits: doubling waits leave quota unused",
    ("Plan batch", "RecordError"): "one more retry: it reads and writes for minutes, and starts over if S3 fails once",
    ("Conclude batch", "RecordError"): "one more retry, for the same reason",
}


def retriers() -> dict[tuple[str, str], dict[str, Any]]:
    """Return how each state of both machines retries each error."""
    states: dict[str, Any] = {}
    for name in ("loop", "batch"):
        states |= json.loads((FOLDER / f"{name}.asl.json").read_text(encoding="utf-8"))["States"]
    return {
        (name, error): {field: value for field, value in retrier.items() if field != "ErrorEquals"}
        for name, state in states.items()
        for retrier in state.get("Retry", [])
        for error in retrier["ErrorEquals"]
    }


def test_equal_errors_have_equal_retriers_except_for_the_exceptions() -> None:
    common: dict[str, dict[str, Any]] = {}
    for (state, error), retrier in retriers().items():
        if (state, error) not in EXCEPTIONS:
            assert common.setdefault(error, retrier) == retrier, f"{state} retries {error} in another way"
    assert len(common) > 10


def test_every_exception_differs_from_the_usual_retrier() -> None:
    found = retriers()
    for state, error in EXCEPTIONS:
        usual = next(one for place, one in found.items() if place[1] == error and place not in EXCEPTIONS)
        assert found[state, error] != usual
    throttled = found["Generate image", "ModelThrottledError"]
    assert (throttled["MaxDelaySeconds"], throttled["MaxAttempts"]) == (10, 20)
    assert {found[state, "RecordError"]["MaxAttempts"] for state in ("Plan batch", "Conclude batch")} == {3}
