"""The loop's bounds, for any verdicts and limits: the shipped machine with scripted functions against a reference model."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lambdas.conclude.contract import ConcludeAnswer, ConcludeEvent
from lambdas.core.run.state import RunState
from lambdas.generate.contract import GenerateAnswer, GenerateEvent
from lambdas.prepare.contract import PrepareAnswer, PrepareEvent
from lambdas.revise.contract import ReviseAnswer, ReviseEvent
from lambdas.validate.contract import Facts, ValidateAnswer, ValidateEvent
from retake.emulator.cloud import LocalCloud

NO_FACTS: Facts = {"failed_kinds": [], "failed_again": False, "gainless_revisions": 0}
OUTCOMES = ("YES", "NO", "UNCERTAIN", "BLOCKED_OUTPUT", "BLOCKED_PROMPT", "OVER_BUDGET")


def reference(
    outcomes: list[str], max_retry_attempts: int, max_prompt_revisions: int
) -> tuple[str, list[tuple[int, int]]]:
    """The ending, and the (revision, attempt) of every attempt that is made."""
    made, script, uncertain = [], iter(outcomes), 0
    for revision in range(max_prompt_revisions + 1):
        for attempt in range(1, max_retry_attempts + 1):
            made.append((revision, attempt))
            outcome = next(script)
            # A blocked attempt was not judged, so it is between two verdicts and not one of them.
            uncertain = uncertain + (outcome == "UNCERTAIN") if outcome != "NO" else 0
            if uncertain == 2:
                return "UNCERTAIN", made
            if outcome in ("YES", "OVER_BUDGET"):
                return {"YES": "ACCEPTED", "OVER_BUDGET": "BUDGET_EXCEEDED"}[outcome], made
            if outcome == "BLOCKED_PROMPT":
                break
    return "EXHAUSTED", made


@dataclass
class Scripted:
    """Scripted functions of the loop."""

    outcomes: Iterator[str] = field(default_factory=lambda: iter(()))
    limits: tuple[int, int] = (1, 0)
    made: list[tuple[int, int]] = field(default_factory=list)
    revised: list[int] = field(default_factory=list)
    outcome: str = ""
    policy: str = "after_retries"
    facts: Facts = field(default_factory=lambda: NO_FACTS)

    def of(self, name: str) -> Any:
        return getattr(self, name)

    def prepare(self, event: PrepareEvent, context: Any) -> PrepareAnswer:
        state = RunState(
            bucket="b",
            prefix="p",
            run_id="x",
            max_retry_attempts=self.limits[0],
            max_prompt_revisions=self.limits[1],
            revise_policy=self.policy,
            resumed=False,
            counter="",
        )
        return {"next": "GENERATE", "ending": "", "spent_usd": 0.0, "run": state.to_state(), "estimate": None}

    def generate(self, event: GenerateEvent, context: Any) -> GenerateAnswer:
        self.made.append((event["revision"], event["attempt"]))
        self.outcome = next(self.outcomes)
        judged = self.outcome in ("YES", "NO", "UNCERTAIN")
        return {"outcome": "PICTURES" if judged else self.outcome, "images": 1, "spent_usd": event["spent_usd"] + 1}

    def validate(self, event: ValidateEvent, context: Any) -> ValidateAnswer:
        return {
            "outcome": self.outcome,
            "score": 0.0,
            "candidate": 1,
            "failed": [],
            "uncertain": [],
            "spent_usd": event["spent_usd"],
            **self.facts,
        }

    def revise(self, event: ReviseEvent, context: Any) -> ReviseAnswer:
        self.revised.append(event["revision"])
        return {"outcome": "REVISED", "spent_usd": event["spent_usd"]}

    def conclude(self, event: ConcludeEvent, context: Any) -> ConcludeAnswer:
        return {"status": event["ending"], "result": {"status": event["ending"]}, "error": None, "cause": None}


@pytest.fixture(scope="module")
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def cloud(scripted: Scripted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    out: Path = tmp_path_factory.mktemp("out")
    with LocalCloud(out, bedrock_url="http://127.0.0.1:9", handler_of=scripted.of, wait_scale=0.0) as cloud:
        yield cloud


numbers = itertools.count()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limits=st.tuples(st.integers(1, 4), st.integers(0, 3)),
    outcomes=st.lists(st.sampled_from(OUTCOMES[1:5]), max_size=16),
    last=st.sampled_from(OUTCOMES),
)
@example(limits=(1, 0), outcomes=[], last="BLOCKED_PROMPT")
@example(limits=(4, 3), outcomes=["NO"] * 15, last="NO")
@example(limits=(2, 1), outcomes=["UNCERTAIN"], last="UNCERTAIN")
@example(limits=(1, 1), outcomes=["UNCERTAIN"], last="UNCERTAIN")
@example(limits=(4, 1), outcomes=["UNCERTAIN", "NO", "UNCERTAIN"], last="BLOCKED_OUTPUT")
def test_the_machine_makes_exactly_the_attempts_of_the_reference_model(
    cloud: LocalCloud, scripted: Scripted, limits: tuple[int, int], outcomes: list[str], last: str
) -> None:
    # The script ends in `last` for ever, so that it never runs out before the limits do.
    script = [*outcomes, *[last] * 20]
    expected_ending, expected_made = reference(script, *limits)
    scripted.outcomes, scripted.limits, scripted.made, scripted.revised = iter(script), limits, [], []

    outcome = cloud.wait(cloud.start("loop", f"bounds-{next(numbers)}", {}), timeout_s=60)

    assert outcome.output == {"status": expected_ending}
    assert scripted.made == expected_made
    assert len(scripted.made) <= limits[0] * (limits[1] + 1)
    assert scripted.revised == list(range(1, expected_made[-1][0] + 1))


@pytest.mark.parametrize(
    ("facts", "limits", "expected"),
    [
        ({"failed_kinds": ["position"]}, (3, 1), [(0, 1), (1, 1), (1, 2), (1, 3)]),
        ({"failed_kinds": ["absence", "count"]}, (2, 1), [(0, 1), (1, 1), (1, 2)]),
        ({"failed_kinds": ["object"]}, (2, 0), [(0, 1), (0, 2)]),
        ({"failed_kinds": ["count", "text", "color"]}, (2, 1), [(0, 1), (0, 2), (1, 1), (1, 2)]),
        ({"failed_kinds": ["count"], "failed_again": True}, (3, 1), [(0, 1), (1, 1), (1, 2), (1, 3)]),
        ({"failed_kinds": ["count"], "gainless_revisions": 2}, (2, 3), [(0, 1), (0, 2)]),
        ({"failed_kinds": ["position"], "gainless_revisions": 2}, (2, 3), [(0, 1), (0, 2)]),
    ],
)
def test_the_adaptive_policy_decides_by_the_facts_of_the_verdict(
    cloud: LocalCloud,
    scripted: Scripted,
    facts: dict[str, Any],
    limits: tuple[int, int],
    expected: list[tuple[int, int]],
) -> None:
    for policy in ("adaptive", "after_retries"):
        scripted.outcomes, scripted.limits, scripted.made, scripted.revised = iter(["NO"] * 20), limits, [], []
        scripted.policy, scripted.facts = policy, {**NO_FACTS, **facts}  # type: ignore[typeddict-item]  # a test gives some of them

        outcome = cloud.wait(cloud.start("loop", f"policy-{next(numbers)}", {}), timeout_s=60)

        every = [(revision, attempt) for revision in range(limits[1] + 1) for attempt in range(1, limits[0] + 1)]
        assert outcome.output == {"status": "EXHAUSTED"}
        assert scripted.made == (expected if policy == "adaptive" else every)
    scripted.facts = NO_FACTS
