"""Kill a batch, start it again, and check whether the results are the same and which calls are paid twice."""

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
# With this latency, the items take about as long as the start of Python and the emulator.
IMAGE_LATENCY_S = 0.8


def measure(report: Callable[[str], None]) -> Section:
    """Run one batch undisturbed, and kill the same batch at 20 moments, each time in an empty folder."""
    points = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = run_undisturbed(_make_folder(Path(folder) / "undisturbed"), IMAGE_LATENCY_S)
        report(f"undisturbed: {undisturbed.paid.total()} calls, {undisturbed.wall_s:.1f} s")
        kills: list[KilledBatch] = []
        for number in range(1, KILLS + 1):
            after_s = points.uniform(EARLIEST_S, undisturbed.wall_s)
            killed = run_killed(_make_folder(Path(folder) / str(number)), after_s, IMAGE_LATENCY_S)
            kills.append(killed)
            report(
                f"kill {number} of {KILLS} after {after_s:.2f} s: {killed.written} of {len(ITEMS)} items written, "
                f"{killed.in_flight} calls in flight, {killed.paid_again(undisturbed)} paid again, "
                f"{'the same results' if killed.has_results_of(undisturbed) else 'OTHER RESULTS'}"
            )
    return Section(
        title="Killed batches",
        how=f"""`retake batch` with {len(ITEMS)} items, {CONCURRENCY} at once. The stand-in is in another process, so it survives the kill and counts
the calls; a picture takes {IMAGE_LATENCY_S:g} s, an answer of Claude {IMAGE_LATENCY_S / 4:g} s. The batch gets a SIGKILL at a random moment (seed {SEED}) after
its first second and within the time of an undisturbed run ({undisturbed.wall_s:.1f} s, including the start of Python and the emulator). Then the
same command runs to its end. A kill counts as survived if every item has the same status, score, attempts, revisions, failed
requirements and message as undisturbed, a picture with the same seed and SHA-256, and the models were asked the same questions.
An extra call is one that an undisturbed run does not pay for. Calls in flight are those of steps that have started to pay but
have not written their record (a revision, which asks for a wording and for its coverage, is one step).""",
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
                name=f"kills while items were in progress, of {KILLS}",
                value=sum(killed.was_running and killed.had_begun for killed in kills),
                digits=0,
            ),
        ),
    )


def _make_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder
