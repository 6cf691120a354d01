"""Simulate the waits of throttled image calls: they use nearly all of the quota, and no item gives up.

The simulation has the default concurrency of a batch, a token bucket as the quota, and the retrier of the machine.
"""

import heapq
import json
import random
from statistics import mean
from typing import Any

import pytest

from lambdas.core.batch.settings import default_concurrency
from lambdas.core.catalogue.models import image_models
from statemachine import FOLDER

ITEMS, RUNS = 300, 20
# Seconds before, during and after the image call of an item.
BEFORE_S, CALL_S, AFTER_S = 3.0, 5.0, 4.0
RETRIER = next(
    retrier
    for retrier in json.loads((FOLDER / "loop.asl.json").read_text(encoding="utf-8"))["States"]["Generate image"][
        "Retry"
    ]
    if retrier["ErrorEquals"] == ["ModelThrottledError"]
)
DOUBLING = {"IntervalSeconds": 4, "BackoffRate": 2, "MaxDelaySeconds": 60, "MaxAttempts": 6}


def simulate(retrier: dict[str, Any], calls_per_s: float, at_once: int, seed: int) -> tuple[float, int]:
    """Return the share of the quota that is used from the first to the last call, and how many items gave up."""
    draw, burst = random.Random(seed), max(1.0, calls_per_s)
    left, since_s = burst, 0.0
    waiting = [(BEFORE_S * draw.uniform(0.8, 1.2), item, 0) for item in range(at_once)]
    heapq.heapify(waiting)
    begun, made_s, gave_up = at_once, [], 0
    while waiting:
        now_s, item, retries = heapq.heappop(waiting)
        left, since_s = min(burst, left + (now_s - since_s) * calls_per_s), now_s
        if left < 1 and retries < retrier["MaxAttempts"]:
            longest_s = min(retrier["MaxDelaySeconds"], retrier["IntervalSeconds"] * retrier["BackoffRate"] ** retries)
            heapq.heappush(waiting, (now_s + draw.uniform(0, longest_s), item, retries + 1))
            continue
        if left < 1:
            gave_up, free_s = gave_up + 1, now_s
        else:
            left -= 1
            made_s.append(now_s)
            free_s = now_s + (CALL_S + AFTER_S) * draw.uniform(0.8, 1.2)
        if begun < ITEMS:
            heapq.heappush(waiting, (free_s + BEFORE_S * draw.uniform(0.8, 1.2), begun, 0))
            begun += 1
    return len(made_s) / (calls_per_s * (made_s[-1] - made_s[0]) + burst), gave_up


def averages(retrier: dict[str, Any], model_id: str) -> tuple[float, float]:
    model = image_models()[model_id]
    runs = [
        simulate(retrier, model.requests_per_minute / 60, default_concurrency([model]), seed) for seed in range(RUNS)
    ]
    return mean(use for use, _ in runs), mean(gave_up for _, gave_up in runs)


@pytest.mark.parametrize(
    ("model_id", "least_use"),
    [
        ("stability.stable-image-core-v1:1", 0.85),
        ("stability.sd3-5-large-v1:0", 0.80),
        ("stability.stable-image-ultra-v1:1", 0.80),
    ],
)
def test_the_shipped_waits_use_the_quota_and_no_item_gives_up(model_id: str, least_use: float) -> None:
    use, gave_up = averages(RETRIER, model_id)
    assert gave_up == 0
    assert use >= least_use


def test_doubling_waits_would_waste_quota_and_items() -> None:
    use, gave_up = averages(DOUBLING, "stability.stable-image-core-v1:1")
    assert use < 0.8
    assert gave_up > 0
