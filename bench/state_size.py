"""How much an execution carries from state to state, and whether that grows with its attempts."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.laptop import laptop
from bench.section import Figure, Section, Target
from bench.state_history import Carried, carried
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from standin import Options, StandIn, read_faults

PROMPT = "a red circle above a blue square"
LONG_PROMPT = (PROMPT + ", on plain paper" * 1_400)[:20_000]
GROWTH = Target("≤", 1.05)
LARGEST = Target("<", 8.0)


@dataclass(frozen=True)
class Travelled:
    """What one run that never succeeds carried."""

    carried: tuple[Carried, ...]
    output_bytes: int
    """The execution's output, which `carried` leaves out."""

    @property
    def attempts(self) -> int:
        return max(one.attempt for one in self.carried)

    def largest(self, attempt: int | None = None) -> Carried:
        """The largest text at one attempt of the run, or at all."""
        return max(
            (one for one in self.carried if attempt in (None, one.attempt)), key=lambda carried: carried.size_bytes
        )

    def growth(self) -> float:
        """The largest text at the last attempt ÷ the largest at the second."""
        return self.largest(self.attempts).size_bytes / self.largest(2).size_bytes


def travel(event: dict[str, Any], handler_of: Callable[[str], Handler] = shipped_handler) -> Travelled:
    """Run the event on the shipped machine, every picture painted wrong, and read what the history holds."""
    faults = read_faults('[{"on": "image", "fault": "paint_wrong"}]')
    with laptop(StandIn(Options(picture_side_px=64, error_rate=0.0, faults=faults)), handler_of) as cloud:
        execution = cloud.start("loop", "run", event | {"on_not_accepted": "return_best"})
        outcome = cloud.wait(execution)
        if outcome.status != "SUCCEEDED":
            raise RuntimeError(f"the run is not the one to be measured: {outcome}")
        events = cloud.clients.stepfunctions.get_execution_history(executionArn=execution)["events"]
    output = json.dumps(outcome.output, ensure_ascii=False, separators=(",", ":"))
    return Travelled(tuple(carried(events)), len(output.encode()))


def measure(say: Callable[[str], None]) -> Section:
    """One run of 50 attempts with a short prompt, one with 20,000 characters."""
    figures: list[Figure] = []
    # No image model takes 20,000 characters as they stand: one revision more, before the first attempt.
    for name, prompt, unusable in (("short prompt", PROMPT, 0), ("20,000 characters", LONG_PROMPT, 1)):
        two = travel({"prompt": prompt, "max_retry_attempts": 2, "max_prompt_revisions": unusable})
        fifty = travel({"prompt": prompt, "max_retry_attempts": 10, "max_prompt_revisions": 4 + unusable})
        if (two.attempts, fifty.attempts) != (2, 50):
            raise RuntimeError(f"the runs are not those to be measured: {two.attempts} and {fifty.attempts} attempts")
        largest = fifty.largest()
        say(f"{name}: attempt 2 {two.largest(2)}, attempt 50 {fifty.largest(50)}, at all {largest}")
        figures += [
            Figure(name=f"attempt 50 ÷ attempt 2, {name}", value=fifty.growth(), digits=3, target=GROWTH),
            Figure(
                name=f"a run of 50 attempts ÷ a run of 2, {name}",
                value=largest.size_bytes / two.largest().size_bytes,
                digits=3,
                target=GROWTH,
            ),
            Figure(
                name=f"largest of all, {name} ({largest.what} of {largest.state})",
                value=largest.size_bytes / 1024,
                unit="KiB",
                target=LARGEST,
            ),
            Figure(name=f"the final output, for comparison, {name}", value=fifty.output_bytes / 1024, unit="KiB"),
        ]
    return Section(
        title="State size",
        how="""The largest JSON text that a state is given, gives or keeps, in bytes of UTF-8 without spaces, read from
`GetExecutionHistory` of executions in which no picture is right (50 attempts: 5 wordings with 10 each): inputs, outputs,
task arguments, task results, and all variables in scope. Left out: the execution's own input, what Prepare is handed of it,
and the final output, from Conclude's answer on. No medians: the sizes are the same in every run but for the digits of the
dollars.""",
        figures=tuple(figures),
    )
