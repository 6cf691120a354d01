"""Which attempts are folded on the proof sheet."""

from typing import Any

import pytest

from lambdas.core.report.album import Album
from lambdas.core.report.alike import group_frames
from lambdas.core.report.frame import build_frame
from tests.support.factories.sample_run import SampleRun

MISSES_ICE: dict[str, str] = {"r4": "open water"}
MISSES_MOON: dict[str, str] = {"r3": "no moon"}
BLOCKED: dict[str, Any] = {"outcome": "BLOCKED_OUTPUT", "reason": "The filter."}


def grouped(run: SampleRun) -> list[list[int]]:
    """Return the numbers of the attempts, a list for each group."""
    history = run.history()
    frames = [build_frame(attempt, history, Album(None)) for attempt in history.attempts]
    return [[one.frame.attempt, *(frame.attempt for frame in one.folded)] for one in group_frames(frames)]


def missing(*misses: dict[str, str] | None) -> SampleRun:
    """Return a run whose attempts miss these requirements; None: the attempt was blocked."""
    run = SampleRun()
    run.wording(0)
    for attempt, missed in enumerate(misses, start=1):
        if missed is None:
            run.attempt(0, attempt, [], **BLOCKED)
        else:
            run.attempt(0, attempt, [b"png"], [missed])
    return run


@pytest.mark.parametrize(
    ("misses", "expected"),
    [
        ([MISSES_ICE] * 4, [[1, 2, 3, 4]]),
        ([MISSES_ICE] * 2, [[1], [2]]),
        ([MISSES_ICE, MISSES_MOON] * 2, [[1], [2], [3], [4]]),
        ([MISSES_ICE, *[MISSES_MOON] * 3, {}], [[1], [2, 3, 4], [5]]),
        ([MISSES_ICE | MISSES_MOON] * 3 + [MISSES_ICE] * 3, [[1, 2, 3], [4, 5, 6]]),
        ([None] * 3 + [MISSES_ICE], [[1, 2, 3], [4]]),
        ([{}] * 3, [[1], [2], [3]]),
        ([], []),
    ],
    ids=["alike", "only two", "in turn", "then accepted", "the chosen one leads", "blocked", "accepted", "none"],
)
def test_attempts_that_ended_alike_one_after_the_other_are_folded(
    misses: list[dict[str, str] | None], expected: list[list[int]]
) -> None:
    assert grouped(missing(*misses)) == expected


def test_attempts_of_which_one_is_uncertain_are_not_alike() -> None:
    run = missing(MISSES_ICE, MISSES_ICE)
    run.attempt(0, 3, [b"png"], [MISSES_ICE], uncertain=["r4"])
    assert grouped(run) == [[1], [2], [3]]


def test_attempts_that_were_never_judged_are_not_alike_a_judged_one() -> None:
    run = missing(MISSES_ICE, MISSES_ICE, MISSES_ICE)
    run.attempt(0, 4, [b"png"])
    assert grouped(run) == [[1, 2, 3], [4]]
