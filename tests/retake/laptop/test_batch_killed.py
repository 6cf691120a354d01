"""`retake batch`, killed (SIGKILL) at a random point: the same command ends as if nothing had happened."""

import random
from pathlib import Path

import pytest

from tests.support.harnesses.killed_batch import EARLIEST_S, EndedBatch, run_killed, run_undisturbed


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> EndedBatch:
    return run_undisturbed(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize("_time", range(3))
def test_batch_when_killed_anywhere_and_started_again_then_it_ends_as_if_undisturbed(
    _time: int, undisturbed: EndedBatch, tmp_path: Path
) -> None:
    seed = random.SystemRandom().getrandbits(32)
    after_s = random.Random(seed).uniform(EARLIEST_S, undisturbed.wall_s)

    killed = run_killed(tmp_path, after_s)

    said = (
        f"seed {seed}: killed after {after_s:.3f} of {undisturbed.wall_s:.3f} s, with {killed.written} items written and "
        f"{killed.in_flight} calls in flight; {killed.paid_again(undisturbed)} were paid again"
    )
    assert killed.ended.outcomes == undisturbed.outcomes, said
    assert killed.has_results_of(undisturbed), said
    assert killed.paid_beyond_in_flight(undisturbed) == 0, said
    # Paid calls count in the cost, even if their answers are lost.
    assert killed.ended.cost_usd >= undisturbed.cost_usd, said
