"""How much of a quota a batch uses, and how long it takes against the shortest time that it could."""

import json
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.bedrock_side import far_bedrock
from bench.section import Figure, Section, Target
from lambdas.core.runtime.settings import Settings
from retake.emulator.cloud import LocalCloud
from retake.emulator.patches.lambda_api import Handler, shipped_handler

LATENCY_S = 0.2
SIDE_PX = 64
QUOTA_PER_S = 10.0
ITEMS, CONCURRENCY = 200, 16
ITEMS_LONG, CONCURRENCY_LONG = 600, 32
USE_TARGET, WALL_TARGET = Target("≥", 0.90), Target("≤", 1.5)
# What the stand-in's judge knows at 64 pixels, so that each item takes one attempt.
PROMPTS = (
    "a house by the sea under a full moon",
    "a rainbow over a green meadow",
    "a forest under a night sky with stars",
    "a snowy mountain at sunset",
)


@dataclass(frozen=True)
class _Batch:
    items: int
    concurrency: int
    wall_s: float
    processor_s: float
    functions_s: float
    """Of the processor time, what the handlers took in their own threads."""
    images: int
    calls: int
    throttled: int
    window_s: float
    """From the first image call that was let through to the last."""

    @property
    def ideal_s(self) -> float:
        return max(self.images / QUOTA_PER_S, self.calls * LATENCY_S / self.concurrency)

    @property
    def quota_use(self) -> float:
        """At most 1: a second's calls may come at once, and then as many as the quota gives."""
        return self.images / (QUOTA_PER_S * self.window_s + QUOTA_PER_S)


def measure(say: Callable[[str], None]) -> Section:
    """Two batches under the quota, and one without it."""
    short = _batch(say, ITEMS, CONCURRENCY, QUOTA_PER_S)
    long = _batch(say, ITEMS_LONG, CONCURRENCY_LONG, QUOTA_PER_S)
    free = _batch(say, ITEMS, CONCURRENCY, None)
    return Section(
        title="Throughput of a batch",
        how=f"""Batches of the shipped batch machine on moto, each item accepted at its first attempt (three model calls). The
stand-in is in a process of its own, takes {LATENCY_S * 1_000:.0f} ms for every call, paints {SIDE_PX}-pixel pictures and lets
{QUOTA_PER_S:g} image calls a second through; above that it throttles, and the state machine's own retries wait. Its bucket
holds one second's calls. Quota used: image calls that were let through ÷ (quota × seconds from the first of them to the last
+ the {QUOTA_PER_S:g} that may come at once), which cannot pass 1. Without those {QUOTA_PER_S:g} in the denominator the two
figures are {short.images / (QUOTA_PER_S * short.window_s):.2f} and {long.images / (QUOTA_PER_S * long.window_s):.2f}. Wall: from `StartExecution` to the execution's end,
planning, summing up and the first imports included. Ideal: the larger of calls ÷ quota and latencies ÷ concurrency,
{short.ideal_s:g} s for {ITEMS} items. The engine's own share is what the wall has beyond the ideal; it is the work of one
process for all the functions, the interpreter, S3 and DynamoDB, and the waits after a throttled call
({short.throttled} in the batch of {ITEMS}, {long.throttled} in that of {ITEMS_LONG}). Functions: what the handlers took of the
processor time in their own threads, the local S3 and DynamoDB included; the rest is the interpreter's.""",
        figures=(
            Figure(
                name=f"quota used, {ITEMS_LONG} items at concurrency {CONCURRENCY_LONG}",
                value=long.quota_use,
                target=USE_TARGET,
            ),
            Figure(name=f"quota used, {ITEMS} items at concurrency {CONCURRENCY}", value=short.quota_use),
            Figure(
                name=f"wall ÷ ideal, {ITEMS} items at concurrency {CONCURRENCY}",
                value=short.wall_s / short.ideal_s,
                target=WALL_TARGET,
            ),
            Figure(name="the engine's own share of that wall", value=1 - short.ideal_s / short.wall_s),
            Figure(name="processor time ÷ that wall, of one core", value=short.processor_s / short.wall_s),
            Figure(name="processor time of an item", value=short.processor_s / ITEMS * 1_000, unit="ms", digits=0),
            Figure(name="of which functions", value=short.functions_s / ITEMS * 1_000, unit="ms", digits=0),
            Figure(
                name=f"items a second without a quota, concurrency {CONCURRENCY}", value=ITEMS / free.wall_s, digits=1
            ),
        ),
    )


def _batch(say: Callable[[str], None], items: int, concurrency: int, quota_per_s: float | None) -> _Batch:
    settings, functions = Settings(bucket="retake-local", max_cost_usd_per_batch=100_000.0), _Stopwatch()
    options = {"image_latency_s": LATENCY_S, "claude_latency_s": LATENCY_S, "picture_side_px": SIDE_PX, "error_rate": 0}
    with (
        far_bedrock(**options, image_calls_per_s=quota_per_s) as bedrock,
        tempfile.TemporaryDirectory() as folder,
        LocalCloud(
            Path(folder),
            bedrock_url=bedrock.url,
            settings_environment=settings.to_environment(),
            handler_of=functions.of,
        ) as cloud,
    ):
        cloud.create_machine("batch")
        lines = (json.dumps({"id": f"i{n}", "prompt": PROMPTS[n % len(PROMPTS)]}) for n in range(items))
        s3, bucket = cloud.clients.s3, settings.bucket
        s3.put_object(Bucket=bucket, Key="batches/bench.jsonl", Body="\n".join(lines).encode())
        defaults = {"max_concurrency": concurrency, "batch_max_cost_usd": 100_000}
        s3.put_object(Bucket=bucket, Key="batches/bench.defaults.json", Body=json.dumps(defaults).encode())
        started_s, processor_before_s = time.monotonic(), time.process_time()
        outcome = cloud.wait(cloud.start("batch", "bench", {"bucket": bucket, "key": "batches/bench.jsonl"}))
        wall_s, processor_s = time.monotonic() - started_s, time.process_time() - processor_before_s
    if (outcome.output or {}).get("attempts") != items:
        raise RuntimeError(f"the batch is not the one to be measured: {outcome}")
    answered = [call for call in bedrock.calls if call["status"] == 200]
    images_s = sorted(call["answered_s"] for call in answered if call["operation"] == "image")
    batch = _Batch(
        items=items,
        concurrency=concurrency,
        wall_s=wall_s,
        processor_s=processor_s,
        functions_s=functions.total_s,
        images=len(images_s),
        calls=len(answered),
        throttled=sum(call["status"] == 429 for call in bedrock.calls),
        window_s=images_s[-1] - images_s[0],
    )
    say(f"{items} items at {concurrency}, quota {quota_per_s}: {wall_s:.1f} s, {batch.throttled} throttled")
    return batch


class _Stopwatch:
    """The processor time that the handlers take."""

    def __init__(self) -> None:
        self.total_s = 0.0
        self._lock = threading.Lock()

    def of(self, name: str) -> Handler:
        handler = shipped_handler(name)

        def timed(event: Any, context: Any) -> Any:
            before_s = time.thread_time()
            try:
                return handler(event, context)
            finally:
                with self._lock:
                    self.total_s += time.thread_time() - before_s

        return timed
