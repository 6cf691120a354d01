"""A batch that is killed, and started again: whether it ends as if nothing had happened, and what is paid twice."""

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.section import Figure, Section, Target
from tests.support.harnesses.killed_batch import (
    CONCURRENCY,
    EARLIEST_S,
    ITEMS,
    KilledBatch,
    run_killed,
    run_undisturbed,
)

KILLS = 20
SEED = 4
# So that about as long as Python and the engine take to start is spent on the items.
IMAGE_LATENCY_S = 0.8


def measure(say: Callable[[str], None]) -> Section:
    """One undisturbed batch, and the same batch killed at 20 points, each in an empty folder."""
    points = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = run_undisturbed(_made(Path(folder) / "undisturbed"), IMAGE_LATENCY_S)
        say(f"undisturbed: {undisturbed.paid.total()} calls, {undisturbed.wall_s:.1f} s")
        kills: list[KilledBatch] = []
        for number in range(1, KILLS + 1):
            after_s = points.uniform(EARLIEST_S, undisturbed.wall_s)
            killed = run_killed(_made(Path(folder) / str(number)), after_s, IMAGE_LATENCY_S)
            kills.append(killed)
            say(
                f"kill {number} of {KILLS} after {after_s:.2f} s: {killed.written} of {len(ITEMS)} items written, "
                f"{killed.in_flight} calls in flight, {killed.paid_again(undisturbed)} paid again, "
                f"{'the same results' if killed.has_results_of(undisturbed) else 'OTHER RESULTS'}"
            )
    return Section(
        title="Killed batches",
        how=f"""`retake batch` over {len(ITEMS)} items, {CONCURRENCY} at once, in a process of its own. The stand-in is in another, so it goes on
when the batch is killed, and counts; a picture takes it {IMAGE_LATENCY_S:g} s, an answer of Claude's {IMAGE_LATENCY_S / 4:g} s. SIGKILL comes at a random
moment between the first second and the length of an undisturbed run ({undisturbed.wall_s:.1f} s, the start of Python and of the engine
included; the moments follow from the seed {SEED}); then the same command is run to its end. A kill is survived when every item has
the status, score, attempts, revisions, failed requirements and message that it has undisturbed, and a picture of the same seed
and SHA-256, and the same questions were asked of the models. An extra call is one that an undisturbed run does not pay for. In
flight are the calls of steps that have begun to pay and have not yet written their record (a revision asks for a wording and for
what it covers, and is one step).""",
        figures=(
            Figure(
                name=f"kills survived, of {KILLS}",
                value=sum(killed.has_results_of(undisturbed) for killed in kills),
                digits=0,
                target=Target("≥", KILLS),
            ),
            Figure(
                name="extra paid calls beyond those in flight",
                value=sum(killed.paid_beyond_in_flight(undisturbed) for killed in kills),
                digits=0,
                target=Target("≤", 0),
            ),
            Figure(
                name=f"calls in flight that were paid again, over {KILLS} kills",
                value=sum(killed.paid_again(undisturbed) for killed in kills),
                digits=0,
            ),
            Figure(
                name="paid calls of an undisturbed run",
                value=undisturbed.paid.total(),
                digits=0,
            ),
            Figure(
                name=f"kills that struck while items were being worked on, of {KILLS}",
                value=sum(killed.was_running and killed.had_begun for killed in kills),
                digits=0,
            ),
        ),
    )


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
