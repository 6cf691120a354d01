"""Measure the size of the data that an execution passes from state to state, and whether it grows with the attempts."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.loop_cloud import loop_cloud
from bench.section import Figure, Section, Target
from bench.state_history import StateText, read_state_texts
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from standin import Options, StandIn, read_faults

PROMPT = "a red circle above a blue square"
LONG_PROMPT = (PROMPT + ", on plain paper" * 1_400)[:20_000]
GROWTH = Target("≤", 1.05)
LARGEST = Target("<", 8.0)


@dataclass(frozen=True)
class RunSizes:
    """The texts of a run without an accepted picture."""

    texts: tuple[StateText, ...]
    output_bytes: int
    """The size of the execution's output, which is not in `texts`."""

    @property
    def attempts(self) -> int:
        return max(one.attempt for one in self.texts)

    def largest(self, attempt: int | None = None) -> StateText:
        """Return the largest text of one attempt, or of the whole run."""
        return max((one for one in self.texts if attempt in (None, one.attempt)), key=lambda text: text.size_bytes)

    def growth(self) -> float:
        """Return the largest text of the last attempt ÷ the largest of the second."""
        return self.largest(self.attempts).size_bytes / self.largest(2).size_bytes


def measure_run(event: dict[str, Any], handler_of: Callable[[str], Handler] = shipped_handler) -> RunSizes:
    """Run the event on the shipped state machine with only wrong pictures, and read the texts in its history."""
    faults = read_faults('[{"on": "image", "fault": "paint_wrong"}]')
    with loop_cloud(StandIn(Options(picture_side_px=64, error_rate=0.0, faults=faults)), handler_of) as cloud:
        execution = cloud.start("loop", "run", event | {"on_not_accepted": "return_best"})
        outcome = cloud.wait(execution)
        if outcome.status != "SUCCEEDED":
            raise RuntimeError(f"the run did not succeed: {outcome}")
        history = cloud.clients.stepfunctions.get_paginator("get_execution_history")
        events = [event for page in history.paginate(executionArn=execution) for event in page["events"]]
    output = json.dumps(outcome.output, ensure_ascii=False, separators=(",", ":"))
    return RunSizes(tuple(read_state_texts(events)), len(output.encode()))


def measure(report: Callable[[str], None]) -> Section:
    """Compare runs of 2 and 50 attempts, with a short prompt and with 20,000 characters."""
    figures: list[Figure] = []
    # No image model accepts 20,000 characters, so there is an additional revision before the first attempt.
    for name, prompt, unusable in (("short prompt", PROMPT, 0), ("20,000 characters", LONG_PROMPT, 1)):
        two = measure_run({"prompt": prompt, "max_retry_attempts": 2, "max_prompt_revisions": unusable})
        fifty = measure_run({"prompt": prompt, "max_retry_attempts": 10, "max_prompt_revisions": 4 + unusable})
        if (two.attempts, fifty.attempts) != (2, 50):
            raise RuntimeError(f"the runs have {two.attempts} and {fifty.attempts} attempts, not 2 and 50")
        largest = fifty.largest()
        report(f"{name}: attempt 2 {two.largest(2)}, attempt 50 {fifty.largest(50)}, overall {largest}")
        figures += [
            Figure(name=f"attempt 50 ÷ attempt 2, {name}", value=fifty.growth(), digits=3, target=GROWTH),
            Figure(
                name=f"a run of 50 attempts ÷ a run of 2, {name}",
                value=largest.size_bytes / two.largest().size_bytes,
                digits=3,
                target=GROWTH,
            ),
            Figure(
                name=f"largest text, {name} ({largest.what} of {largest.state})",
                value=largest.size_bytes / 1024,
                unit="KiB",
                target=LARGEST,
            ),
            Figure(name=f"the final output, for comparison, {name}", value=fifty.output_bytes / 1024, unit="KiB"),
        ]
    return Section(
        title="State size",
        how="""The largest JSON text that a state receives, produces or keeps, in bytes of UTF-8 without spaces: inputs, outputs, task
arguments, task results, and all variables in scope. The texts are read with `GetExecutionHistory` from executions without an
accepted picture (50 attempts: 10 for each of 5 wordings). The input of the execution, Prepare's copy of it, and the final output
(from Conclude's answer on) are left out. There are no medians, because only the digits of the costs differ between runs.""",
        figures=tuple(figures),
    )
