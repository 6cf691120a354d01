"""Measure the share of a quota that a batch uses, and its time compared with the shortest possible time."""

import json
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.bedrock_process import bedrock_process
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
# The stand-in's judge recognizes these at 64 pixels, so each item takes one attempt.
PROMPTS = (
    "a house, a full moon over the sea",
    "a rainbow over a green meadow",
    "a forest, a night sky with stars",
    "a snowy mountain at sunset",
)


@dataclass(frozen=True)
class _Batch:
    items: int
    concurrency: int
    wall_s: float
    processor_s: float
    functions_s: float
    """The processor time of the handlers, in their threads."""
    images: int
    calls: int
    throttled: int
    window_s: float
    """The time from the first to the last image call that was not throttled."""

    @property
    def ideal_s(self) -> float:
        return max(self.images / QUOTA_PER_S, self.calls * LATENCY_S / self.concurrency)

    @property
    def quota_use(self) -> float:
        """The share of the quota used, at most 1. The calls of one second may come at once, in addition to the quota."""
        return self.images / (QUOTA_PER_S * self.window_s + QUOTA_PER_S)


def measure(report: Callable[[str], None]) -> Section:
    """Run two batches under the quota, and one without it."""
    short = _batch(report, ITEMS, CONCURRENCY, QUOTA_PER_S)
    long = _batch(report, ITEMS_LONG, CONCURRENCY_LONG, QUOTA_PER_S)
    free = _batch(report, ITEMS, CONCURRENCY, None)
    return Section(
        title="Throughput of a batch",
        how=f"""Batches on the shipped batch machine on moto. Each item is accepted at its first attempt (three model calls). The
stand-in is in another process. Every call takes {LATENCY_S * 1_000:.0f} ms, and pictures have {SIDE_PX} pixels a side. It allows
{QUOTA_PER_S:g} image calls a second (a token bucket that holds one second's calls) and throttles the rest, which the state machine
retries. *Quota used* is the number of image calls that were not throttled ÷ (quota × seconds from the first to the last of them
+ {QUOTA_PER_S:g} that may come at once), so it is at most 1. Without these {QUOTA_PER_S:g} in the divisor, the two
figures are {short.images / (QUOTA_PER_S * short.window_s):.2f} and {long.images / (QUOTA_PER_S * long.window_s):.2f}. *Wall* is the time from `StartExecution` to the end of the
execution, including planning, the summary and the first imports. *Ideal* is the larger of calls ÷ quota and latencies ÷
concurrency, {short.ideal_s:g} s for {ITEMS} items. The emulator's share is the part of the wall time beyond the ideal: the work of one
process for all functions, the interpreter, S3 and DynamoDB, and the waits after throttled calls
({short.throttled} in the batch of {ITEMS}, {long.throttled} in that of {ITEMS_LONG}). *Functions* is the processor time of the handlers in their
threads, including the local S3 and DynamoDB; the rest is the interpreter's.""",
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
            Figure(name="the emulator's share of that wall time", value=1 - short.ideal_s / short.wall_s),
            Figure(name="processor time ÷ that wall time, on one core", value=short.processor_s / short.wall_s),
            Figure(name="processor time of an item", value=short.processor_s / ITEMS * 1_000, unit="ms", digits=0),
            Figure(name="of which functions", value=short.functions_s / ITEMS * 1_000, unit="ms", digits=0),
            Figure(
                name=f"items a second without a quota, concurrency {CONCURRENCY}", value=ITEMS / free.wall_s, digits=1
            ),
        ),
    )


def _batch(report: Callable[[str], None], items: int, concurrency: int, quota_per_s: float | None) -> _Batch:
    settings, functions = Settings(bucket="retake-local", max_cost_usd_per_batch=100_000.0), _Stopwatch()
    options = {"image_latency_s": LATENCY_S, "claude_latency_s": LATENCY_S, "picture_side_px": SIDE_PX, "error_rate": 0}
    with (
        bedrock_process(**options, image_calls_per_s=quota_per_s) as bedrock,
        tempfile.TemporaryDirectory() as folder,
        LocalCloud(
            Path(folder),
            bedrock_url=bedrock.url,
            settings_environment=settings.to_environment(),
            handler_of=functions.handler_of,
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
        raise RuntimeError(f"the batch does not have one attempt per item: {outcome}")
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
    report(f"{items} items at {concurrency}, quota {quota_per_s}: {wall_s:.1f} s, {batch.throttled} throttled")
    return batch


class _Stopwatch:
    """Measures the processor time of the handlers."""

    def __init__(self) -> None:
        self.total_s = 0.0
        self._lock = threading.Lock()

    def handler_of(self, name: str) -> Handler:
        handler = shipped_handler(name)

        def timed(event: Any, context: Any) -> Any:
            before_s = time.thread_time()
            try:
                return handler(event, context)
            finally:
                with self._lock:
                    self.total_s += time.thread_time() - before_s

        return timed
