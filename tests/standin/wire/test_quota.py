"""The quota of image calls."""

import pytest
from botocore.exceptions import ClientError

from standin import Options, StandIn
from standin.wire.quota import Quota
from tests.support.standin_wire import CORE, client, invoke, titan_body


def test_a_quota_lets_a_second_s_calls_through_at_once_and_then_so_many_a_second(monkeypatch) -> None:
    now_s = 100.0
    monkeypatch.setattr("standin.wire.quota.time.monotonic", lambda: now_s)
    quota = Quota(4)
    assert [quota.allows("a") for _ in range(6)] == [True] * 4 + [False] * 2
    assert quota.allows("b")  # each model has its own
    now_s += 0.5
    assert [quota.allows("a") for _ in range(3)] == [True, True, False]
    now_s += 60
    assert sum(quota.allows("a") for _ in range(10)) == 4


def test_a_slow_quota_still_lets_one_through() -> None:
    quota = Quota(0.1)
    assert [quota.allows("a"), quota.allows("a")] == [True, False]


def test_a_quota_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="image_calls_per_s: 0"):
        Options(image_calls_per_s=0)


def test_a_call_above_the_quota_is_throttled_as_bedrock_does_it() -> None:
    with StandIn(Options(error_rate=0, picture_side_px=64, image_calls_per_s=1)) as bedrock:
        runtime = client(bedrock.url)
        invoke(runtime, {"prompt": "a house"}, CORE)
        with pytest.raises(ClientError) as caught:
            invoke(runtime, {"prompt": "a house"}, CORE)
        invoke(runtime, titan_body("a house"))
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert [call.status for call in bedrock.calls] == [200, 429, 200]
