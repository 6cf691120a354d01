"""The quota of image calls."""

import pytest
from botocore.exceptions import ClientError

from standin import Options, StandIn
from standin.wire.quota import Quota
from tests.support.harnesses.stand_in_client import CORE, client, invoke, titan_body


def test_quota_allows_the_calls_of_one_second_at_once_and_then_refills(monkeypatch) -> None:
    now_s = 100.0
    monkeypatch.setattr("standin.wire.quota.time.monotonic", lambda: now_s)
    quota = Quota(4)
    assert [quota.take_call("a") for _ in range(6)] == [True] * 4 + [False] * 2
    assert quota.take_call("b")  # each model has its own bucket
    now_s += 0.5
    assert [quota.take_call("a") for _ in range(3)] == [True, True, False]
    now_s += 60
    assert sum(quota.take_call("a") for _ in range(10)) == 4


def test_quota_below_one_call_a_second_allows_one_call() -> None:
    quota = Quota(0.1)
    assert [quota.take_call("a"), quota.take_call("a")] == [True, False]


def test_quota_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="image_calls_per_s: 0"):
        Options(image_calls_per_s=0)


def test_call_above_the_quota_gets_bedrocks_throttling_error() -> None:
    with StandIn(Options(error_rate=0, picture_side_px=64, image_calls_per_s=1)) as bedrock:
        runtime = client(bedrock.url)
        invoke(runtime, {"prompt": "a house"}, CORE)
        with pytest.raises(ClientError) as caught:
            invoke(runtime, {"prompt": "a house"}, CORE)
        invoke(runtime, titan_body("a house"))
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert [call.status for call in bedrock.calls] == [200, 429, 200]
