"""The live views on a narrow terminal keep the attempt, the verdict and the cost."""

import io

import pytest

from retake.view.batch_progress import Counts, LiveBatchView
from retake.view.live import LiveView
from retake.view.progress import AttemptRow

ROWS = [
    AttemptRow(
        0, 1, 4_294_967_295, 2.1, "UNCERTAIN", "12/14", "cannot tell: a tasty watch (does not know 'tasty')", 12.3456
    ),
    AttemptRow(10, 12, None, None, "UNREADABLE", "", "the file cannot be read as a picture", 123.4567),
]


@pytest.mark.parametrize("columns", [36, 40, 60, 100])
@pytest.mark.parametrize("closed", [False, True])
def test_run_when_narrow_then_attempt_verdict_and_cost_are_whole(
    columns: int, closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = io.StringIO()
    view = LiveView(stream)
    for row in ROWS:
        view.attempt(row)
    if closed:
        view.close()
    else:
        view._console.print(view)
        view._live.stop()

    lines = stream.getvalue().splitlines()
    assert all(len(line) <= columns for line in lines)
    for label, verdict, cost in (("r00 a01", "UNCERTAIN 12/14", "$12.3456"), ("r10 a12", "UNREADABLE", "$123.4567")):
        assert any(line.startswith(label) and f" {verdict} " in line and line.rstrip().endswith(cost) for line in lines)


def test_batch_when_narrow_then_the_counts_and_the_cost_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    stream = io.StringIO()
    view = LiveBatchView(stream)
    view.counts(Counts(2_000, 1_234, 1_200, 34, 123.4567))
    view.close()

    assert "1234/2000, 1200 accepted, $123.46" in stream.getvalue()
