"""A batch that is killed, and started again: whether it ends as if nothing had happened, and what is paid twice."""

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.batch.killed import CONCURRENCY, EARLIEST_S, ITEMS, Killed, killed_batch, undisturbed_batch
from tests.bench.section import Figure, Section, Target

KILLS = 20
SEED = 4


def measure(say: Callable[[str], None]) -> Section:
    """One undisturbed batch, and the same batch killed at 20 points, each in an empty folder."""
    points = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = undisturbed_batch(_made(Path(folder) / "undisturbed"))
        say(f"undisturbed: {undisturbed.paid.total()} calls, {undisturbed.wall_s:.1f} s")
        kills: list[Killed] = []
        for number in range(1, KILLS + 1):
            after_s = points.uniform(EARLIEST_S, undisturbed.wall_s)
            killed = killed_batch(_made(Path(folder) / str(number)), after_s)
            kills.append(killed)
            say(
                f"kill {number} of {KILLS} after {after_s:.2f} s: {killed.written} of {len(ITEMS)} items written, "
                f"{killed.in_flight} calls in flight, {killed.paid_again(undisturbed)} paid again, "
                f"{'the same results' if killed.same_results_as(undisturbed) else 'OTHER RESULTS'}"
            )
    return Section(
        title="Killed batches",
        how=f"""`retake batch` over {len(ITEMS)} items, {CONCURRENCY} at once, is a process of its own; the stand-in is in another, goes
on when the batch is killed, and counts. SIGKILL comes at a random moment between the first second and the length of an
undisturbed run ({undisturbed.wall_s:.1f} s, Python's start included; the moments follow from the seed {SEED}), then the same command is run
to its end. A kill is survived when every item has the status, score, attempts, revisions, failed requirements and message that it
has undisturbed, and a picture of the same seed and SHA-256, and the same questions were asked of the models. A call that an
undisturbed run does not make is an extra one. In flight were the calls of steps that had begun to pay and had not yet written
their record (a revision asks for a wording and for what it covers, and is one step).""",
        figures=(
            Figure(
                name=f"kills survived, of {KILLS}",
                value=sum(killed.same_results_as(undisturbed) for killed in kills),
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
