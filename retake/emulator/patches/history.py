"""GetExecutionHistory for moto: pages, the reverse order, and histories without their data."""

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto.core.responses import ActionResult
from moto.stepfunctions.exceptions import InvalidToken, ValidationException
from moto.stepfunctions.responses import StepFunctionResponse

# AWS: 100 events unless `maxResults` says otherwise, and 1,000 at most. 0 means 100.
_DEFAULT_EVENTS, _MAX_EVENTS = 100, 1_000
_DATA = ("input", "output", "parameters")


@contextmanager
def patch_history() -> Iterator[None]:
    """Inside the block, answer GetExecutionHistory as Step Functions does."""
    # moto: returns the whole history in one answer, and ignores every parameter but the ARN.
    with patch.object(StepFunctionResponse, "get_execution_history", _get_execution_history):
        yield


def _get_execution_history(response: StepFunctionResponse) -> ActionResult:
    asked = json.loads(response.body)
    count = asked.get("maxResults") or _DEFAULT_EVENTS
    if count > _MAX_EVENTS:
        raise ValidationException(
            f"1 validation error detected: Value '{count}' at 'maxResults' failed to satisfy constraint: Member must have "
            f"value less than or equal to {_MAX_EVENTS}"
        )
    arn, is_reverse = asked["executionArn"], bool(asked.get("reverseOrder"))
    events: list[dict[str, Any]] = response.stepfunction_backend.get_execution_history(arn)["events"]
    if is_reverse:
        events.reverse()
    if token := asked.get("nextToken"):
        last_id = _read_token(token, arn, is_reverse)
        events = [event for event in events if (event["id"] < last_id if is_reverse else event["id"] > last_id)]
    page = events[:count]
    if asked.get("includeExecutionData") is False:
        page = [_without_data(event) for event in page]
    more = {"nextToken": _make_token(arn, is_reverse, page[-1]["id"])} if len(events) > count else {}
    return ActionResult({"events": page, **more})


def _make_token(arn: str, is_reverse: bool, last_id: int) -> str:
    """Return the token of the page after the event `last_id`. New events change no page that was read."""
    return base64.urlsafe_b64encode(json.dumps([arn, is_reverse, last_id]).encode()).decode()


def _read_token(token: str, arn: str, is_reverse: bool) -> int:
    """Return the id of the last event that was read, or raise InvalidToken if the token is not of this call."""
    try:
        token_arn, token_is_reverse, last_id = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError, binascii.Error):
        raise InvalidToken from None
    if (token_arn, token_is_reverse) != (arn, is_reverse) or not isinstance(last_id, int):
        raise InvalidToken
    return last_id


def _without_data(event: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: item for key, item in value.items() if key not in _DATA} if isinstance(value, dict) else value
        for name, value in event.items()
    }
