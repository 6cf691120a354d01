"""The scenario table: what goes wrong in a run, and how the run must end. `tests/loop` runs it on the emulator."""

from dataclasses import dataclass, field
from typing import Any

PROMPT = "a red circle above a blue square"
WRONG = {"on": "image", "fault": "paint_wrong"}
_THIRTY = [
    f"no {colour} {shape}"
    for colour in ("green", "pink", "grey", "black", "white")
    for shape in ("circles", "squares", "hearts", "cups", "star shapes", "triangles")
]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One run: its event, its faults, and how it must end."""

    name: str
    event: dict[str, Any] = field(default_factory=dict)
    """The fields of the event, without the prompt."""
    faults: tuple[dict[str, Any], ...] = ()
    """The stand-in's fault script. The painter errs only by it."""
    status: str = "ACCEPTED"
    error: str | None = None
    """The failed execution's `Error`."""
    attempts: int = 1
    images: int = 1
    revisions: int = 0
    paid: tuple[int, int, int, int] = (1, 1, 1, 0)
    """Answered calls, which are the paid ones: requirements, images, verdicts, prompts."""
    unanswered_images: int = 0
    """Image calls that ended without a picture, which count as paid."""
    unread: int = 0
    """Answers of Claude's that could not be read, which count as paid at their highest cost."""

    @property
    def fails(self) -> bool:
        return self.error is not None


SCENARIOS = [
    Scenario(name="accepted-at-once"),
    Scenario(name="accepted-after-a-retry", faults=({**WRONG, "times": 2},), attempts=3, images=3, paid=(1, 3, 3, 0)),
    Scenario(
        name="accepted-after-a-revision",
        event={"max_retry_attempts": 2},
        faults=({**WRONG, "times": 2},),
        attempts=3,
        images=3,
        revisions=1,
        paid=(1, 3, 3, 1),
    ),
    Scenario(
        name="exhausted",
        event={"max_retry_attempts": 2, "max_prompt_revisions": 1},
        faults=(WRONG,),
        status="EXHAUSTED",
        error="RunExhausted",
        attempts=4,
        images=4,
        revisions=1,
        paid=(1, 4, 4, 1),
    ),
    Scenario(
        name="uncertain-twice-in-a-row",
        event={"requirements": ["a red circle", "it tastes sweet"], "max_retry_attempts": 4},
        status="UNCERTAIN",
        error="RunUncertain",
        attempts=2,
        images=2,
        paid=(0, 2, 2, 0),
    ),
    Scenario(
        name="uncertain-at-the-limit",
        event={
            "requirements": ["a red circle", "it tastes sweet"],
            "max_retry_attempts": 1,
            "max_prompt_revisions": 0,
            "on_not_accepted": "return_best",
        },
        status="UNCERTAIN",
        error="RunUncertain",
        paid=(0, 1, 1, 0),
    ),
    Scenario(
        name="exhausted-returning-the-best",
        event={"max_retry_attempts": 2, "max_prompt_revisions": 0, "on_not_accepted": "return_best"},
        faults=(WRONG,),
        status="BEST_EFFORT",
        attempts=2,
        images=2,
        paid=(1, 2, 2, 0),
    ),
    Scenario(
        name="blocked-then-revised",
        faults=({"on": "image", "fault": "filter_prompt", "times": 1},),
        attempts=2,
        revisions=1,
        paid=(1, 2, 1, 1),
    ),
    Scenario(
        name="blocked-to-the-end",
        event={"max_prompt_revisions": 2},
        faults=({"on": "image", "fault": "filter_prompt"},),
        status="BLOCKED",
        error="RunBlocked",
        attempts=3,
        images=0,
        revisions=2,
        paid=(1, 3, 0, 2),
    ),
    Scenario(
        name="output-blocked-then-the-next-seed",
        faults=({"on": "image", "fault": "filter_output", "times": 2},),
        attempts=3,
        images=1,
        paid=(1, 3, 1, 0),
    ),
    Scenario(
        name="every-output-blocked",
        event={"max_retry_attempts": 2, "max_prompt_revisions": 0},
        faults=({"on": "image", "fault": "filter_output"},),
        status="BLOCKED",
        error="RunBlocked",
        attempts=2,
        images=0,
        paid=(1, 2, 0, 0),
    ),
    Scenario(
        name="throttled-then-fine",
        faults=({"on": "image", "fault": "throttle", "times": 2}, {"on": "verdict", "fault": "throttle", "times": 2}),
    ),
    Scenario(
        name="the-service-fails-then-recovers",
        faults=(
            {"on": "image", "fault": "unavailable", "times": 1},
            {"on": "claude", "fault": "server_error", "times": 1},
        ),
    ),
    Scenario(
        name="throttled-for-good",
        faults=({"on": "image", "fault": "throttle"},),
        status="ERROR",
        error="ModelThrottledError",
        attempts=0,
        images=0,
        paid=(1, 0, 0, 0),
    ),
    Scenario(name="the-judge-answers-in-prose", faults=({"on": "verdict", "fault": "prose"},)),
    Scenario(name="the-judge-answers-in-a-fence", faults=({"on": "verdict", "fault": "fence"},)),
    Scenario(
        name="the-judge-answers-rubbish-once",
        faults=({"on": "verdict", "fault": "rubbish", "times": 1},),
        paid=(1, 1, 2, 0),
    ),
    Scenario(
        name="the-judge-answers-rubbish-always",
        faults=({"on": "verdict", "fault": "rubbish"},),
        status="ERROR",
        error="ModelAnswerError",
        # The question and one repair, then the same in each of two retries by the state machine.
        paid=(1, 1, 6, 0),
    ),
    Scenario(
        name="the-judge-refuses",
        faults=({"on": "verdict", "fault": "refusal"},),
        status="ERROR",
        error="ModelAnswerError",
        paid=(1, 1, 3, 0),
    ),
    Scenario(
        name="the-judge-says-nothing-once",
        faults=({"on": "verdict", "fault": "empty", "times": 1},),
        paid=(1, 1, 2, 0),
    ),
    Scenario(
        name="the-image-call-stalls",
        faults=({"on": "image", "fault": "stall", "times": 1, "stall_s": 4},),
        paid=(1, 2, 1, 0),
        unanswered_images=1,
    ),
    Scenario(
        name="the-connection-drops",
        faults=({"on": "image", "fault": "drop", "times": 1},),
        paid=(1, 2, 1, 0),
        unanswered_images=1,
    ),
    Scenario(
        name="the-judges-answer-is-cut-off-once",
        faults=({"on": "verdict", "fault": "body_cut", "times": 1},),
        paid=(1, 1, 2, 0),
        unread=1,
    ),
    Scenario(
        name="claude-answers-with-a-web-page-always",
        faults=({"on": "claude", "fault": "body_html"},),
        status="ERROR",
        error="ModelAnswerError",
        attempts=0,
        images=0,
        # The question, then the same in each of two retries by the state machine.
        paid=(3, 0, 0, 0),
        unread=3,
    ),
    Scenario(
        name="the-image-model-answers-with-a-web-page-once",
        faults=({"on": "image", "fault": "body_html", "times": 1},),
        paid=(1, 2, 1, 0),
        unanswered_images=1,
    ),
    Scenario(
        name="the-image-model-answers-with-nothing-always",
        faults=({"on": "image", "fault": "body_empty"},),
        status="ERROR",
        error="ModelUnavailableError",
        attempts=0,
        images=0,
        # The call, then the same in each of three retries by the state machine.
        paid=(1, 4, 0, 0),
        unanswered_images=4,
    ),
    Scenario(
        name="a-picture-that-cannot-be-opened-then-the-next-seed",
        faults=({"on": "image", "fault": "image_bomb", "times": 1},),
        attempts=2,
        images=2,
        paid=(1, 2, 1, 0),
    ),
    Scenario(
        name="a-picture-with-an-unknown-reason",
        faults=({"on": "image", "fault": "unknown_reason"},),
    ),
    Scenario(
        name="two-candidates-and-one-without-a-picture",
        event={"titan_img_number_of_images": 3},
        faults=({"on": "image", "fault": "image_null", "times": 1},),
        images=2,
        paid=(1, 3, 1, 0),
        unanswered_images=1,
    ),
    Scenario(
        name="more-pictures-than-were-asked-for",
        faults=({"on": "image", "fault": "extra_images"},),
        images=3,
        paid=(1, 1, 1, 0),
    ),
    Scenario(
        name="the-image-model-is-gone",
        faults=({"on": "image", "fault": "end_of_life"},),
        status="ERROR",
        error="ModelEndOfLifeError",
        attempts=0,
        images=0,
        paid=(1, 0, 0, 0),
    ),
    Scenario(
        name="the-judge-may-not-be-called",
        faults=({"on": "claude", "fault": "access_denied"},),
        status="ERROR",
        error="ModelAccessError",
        attempts=0,
        images=0,
        paid=(0, 0, 0, 0),
    ),
    Scenario(
        name="the-ceiling-is-reached",
        event={"max_cost_usd": 0.1, "max_retry_attempts": 5},
        faults=(WRONG,),
        status="BUDGET_EXCEEDED",
        error="BudgetExceeded",
        attempts=2,
        images=2,
        paid=(1, 2, 2, 0),
    ),
    Scenario(
        name="not-english-so-revised-first",
        event={"prompt": "夜空に満月と雪山"},
        revisions=1,
        paid=(1, 1, 1, 1),
    ),
    Scenario(
        name="five-candidates",
        event={"titan_img_number_of_images": 5},
        faults=({**WRONG, "calls": [1, 2]},),
        images=5,
        paid=(1, 5, 1, 0),
    ),
    Scenario(
        name="thirty-requirements-cost-one-judge-call",
        event={"requirements": _THIRTY},
        paid=(0, 1, 1, 0),
    ),
]
