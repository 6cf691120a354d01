"""Where a run that Prepare could not prepare may have records: the same place that Prepare would have taken."""

from typing import Any

import pytest

from lambdas.core.request.place import UncheckedPlace, parse_place
from lambdas.core.request.request import parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings

HERE = Settings(bucket="pictures", extra_output_buckets=("others",))
SCHEDULE, TIME = "daily", "2026-11-21T06:00:00Z"


def unchecked(event: dict[str, Any]) -> UncheckedPlace:
    """The place as the state machine copies it from the event."""
    trigger = event.get("trigger", {})
    return {
        "run_id": event.get("run_id"),
        "bucket": event.get("output_s3_bucket_name"),
        "prefix": event.get("output_s3_key_prefix"),
        "schedule": trigger.get("schedule"),
        "time": trigger.get("time"),
    }


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"run_id": "mine"},
        {"output_s3_bucket_name": "others", "output_s3_key_prefix": "here/there/"},
        {"trigger": {"schedule": SCHEDULE, "time": TIME}},
        {"trigger": {"schedule": SCHEDULE, "time": TIME}, "run_id": "mine"},
    ],
)
def test_the_place_is_the_one_that_prepare_would_have_taken(event: dict[str, Any]) -> None:
    request = parse_request({"prompt": "a sea", **event}, HERE, "execution-1")
    place = (request.output_s3_bucket_name, request.output_s3_key_prefix, request.run_id)
    assert parse_place(unchecked(event), HERE, "execution-1") == place


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"output_s3_bucket_name": "foreign"}, "output_s3_bucket_name"),
        ({"output_s3_key_prefix": "../up"}, "output_s3_key_prefix"),
        ({"output_s3_key_prefix": "batch/x"}, "output_s3_key_prefix"),
        ({"output_s3_key_prefix": "y" * 301}, "output_s3_key_prefix"),
        ({"run_id": "a/b"}, "run_id"),
        ({"trigger": {"schedule": SCHEDULE}}, "trigger.time"),
    ],
)
def test_a_place_where_no_run_can_be_is_refused(event: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequestError, match=f"^{field}: "):
        parse_place(unchecked(event), HERE, "execution-1")
