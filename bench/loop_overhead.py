"""Measure the time that the loop adds to the model calls."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.loop_cloud import loop_cloud
from bench.section import Figure, Section, Target
from retake.emulator.cloud import LocalCloud
from standin import Options, StandIn, read_faults

IMAGE_LATENCY_S, CLAUDE_LATENCY_S = 2.0, 1.0
SMALL_SIDE_PX = 256
RUNS, RUNS_FULL_SIZE = 5, 3
TARGET = Target("≤", 1.10)
EVENT = {
    "prompt": "a red circle above a blue square",
    "max_retry_attempts": 3,
    "max_prompt_revisions": 1,
    "on_not_accepted": "return_best",
}


class TimedStandIn(StandIn):
    """A stand-in that sums the time of its answers, including painting and judging."""

    answering_s = 0.0
    processor_s = 0.0

    def answer(self, model_id: str, action: str, body: bytes, region: str = "") -> Any:
        started_s, processor_started_s = time.monotonic(), time.thread_time()
        try:
            return super().answer(model_id, action, body, region)
        finally:
            self.answering_s += time.monotonic() - started_s
            self.processor_s += time.thread_time() - processor_started_s


@dataclass(frozen=True)
class _Run:
    wall_s: float
    latency_s: float
    """The sum of the configured latencies of all calls."""
    answering_s: float
    """The actual time of all answers."""
    processor_s: float
    """The processor time without the stand-in."""
    calls: int


def measure(report: Callable[[str], None]) -> Section:
    """Execute runs with 6 attempts and 1 revision, one after the other."""
    small = _runs(report, RUNS, SMALL_SIDE_PX)
    full_size = _runs(report, RUNS_FULL_SIZE, None)
    return Section(
        title="Loop overhead",
        how=f"""The wall time from `StartExecution` to the end of the execution, on an existing state machine, ÷ the sum of the
latencies of the model calls: 6 attempts and 1 revision, {small[0].calls} calls ({small[0].latency_s:g} s; each
revision asks for a wording and for its coverage). The stand-in waits {IMAGE_LATENCY_S:g} s for an image and
{CLAUDE_LATENCY_S:g} s for Claude. In the first row it paints {SMALL_SIDE_PX}-pixel pictures, and its additional time for painting and
judging counts against the loop. In the second row the pictures are 1024², and the divisor is the actual time of the
stand-in's answers. Medians of {RUNS} and {RUNS_FULL_SIZE} runs; the {RUNS} include the first run of the process with its imports. The processor
time includes the interpreter, the handlers and the local S3. Other load increases the wall time, but hardly the processor
time.""",
        figures=(
            Figure(
                name="wall ÷ configured latencies, small pictures",
                value=median(run.wall_s / run.latency_s for run in small),
                digits=3,
                target=TARGET,
            ),
            Figure(
                name="wall ÷ time the models took, 1024² pictures",
                value=median(run.wall_s / run.answering_s for run in full_size),
                digits=3,
                target=TARGET,
            ),
            Figure(
                name="the first run of the process, small pictures",
                value=small[0].wall_s / small[0].latency_s,
                digits=3,
            ),
            Figure(
                name="processor time added to a run, 1024² pictures",
                value=median(run.processor_s for run in full_size),
                unit="s",
            ),
            Figure(
                name="processor time added ÷ time the models took, 1024² pictures",
                value=median(run.processor_s / run.answering_s for run in full_size),
                digits=3,
            ),
        ),
    )


def _runs(report: Callable[[str], None], count: int, side_px: int | None) -> list[_Run]:
    options = Options(
        image_latency_s=IMAGE_LATENCY_S,
        claude_latency_s=CLAUDE_LATENCY_S,
        picture_side_px=side_px,
        error_rate=0.0,
        faults=read_faults('[{"on": "image", "fault": "paint_wrong"}]'),
    )
    stand_in = TimedStandIn(options)
    runs = []
    with loop_cloud(stand_in) as cloud:
        for number in range(1, count + 1):
            runs.append(_run(stand_in, cloud, f"run-{number}"))
            report(
                f"{side_px or 1024} px, run {number} of {count}: {runs[-1].wall_s:.2f} s for {runs[-1].latency_s:g} s"
            )
    return runs


def _run(stand_in: TimedStandIn, cloud: LocalCloud, name: str) -> _Run:
    calls_before, answering_before_s = len(stand_in.calls), stand_in.answering_s
    processor_before_s = time.process_time() - stand_in.processor_s
    started_s = time.monotonic()
    outcome = cloud.wait(cloud.start("loop", name, EVENT))
    wall_s = time.monotonic() - started_s
    processor_s = time.process_time() - stand_in.processor_s - processor_before_s
    output = outcome.output or {}
    if (output.get("attempts"), output.get("revisions")) != (6, 1):
        raise RuntimeError(f"the run does not have 6 attempts and 1 revision: {outcome}")
    calls = stand_in.calls[calls_before:]
    images = sum(call.operation == "image" for call in calls)
    latency_s = images * IMAGE_LATENCY_S + (len(calls) - images) * CLAUDE_LATENCY_S
    return _Run(wall_s, latency_s, stand_in.answering_s - answering_before_s, processor_s, len(calls))
