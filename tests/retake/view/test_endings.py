"""The closing lines of runs and batches."""

from typing import Any

import pytest

from retake.view.batch_ending import BatchEnding, format_batch_ending
from retake.view.run_ending import RunEnding, format_run_ending
from retake.view.run_files import RunFiles
from tests.support.factories.sample_run import SampleRun

ENGINE = "engine   the stand-in, not Bedrock: nothing was charged; the cost is what Bedrock would have charged"


def closing_lines_of_a_run(engine: str) -> list[str]:
    run = SampleRun(engine=engine)
    run.wording(0)
    run.attempt(0, 1, [b"png"], [{}])
    _, result = run.end("ACCEPTED")
    return list(format_run_ending(RunFiles("run-1", "out/run-1"), RunEnding(result, is_recorded=True)))


def closing_lines_of_a_batch(engine: str) -> list[str]:
    summary: dict[str, Any] = {"status": "ACCEPTED", "message": "1 of 1", "cost": {"total_usd": 0.1, "max_usd": 1.0}}
    return format_batch_ending(BatchEnding({**summary, "engine": engine}), "results.csv")


@pytest.mark.parametrize("lines", [closing_lines_of_a_run, closing_lines_of_a_batch])
def test_engine_when_it_is_the_stand_in_then_the_second_line_says_so(lines: Any) -> None:
    assert lines("stand-in")[1] == ENGINE
    assert not [line for line in lines("bedrock") if line.startswith("engine")]


def test_a_batch_names_its_sheet_and_the_folder_of_its_pictures_where_it_has_them() -> None:
    summary = {"status": "ACCEPTED", "message": "1 of 1", "cost": {"total_usd": 0.1, "max_usd": 1.0}}
    in_s3, here = {**summary, "report_s3_uri": "s3://b/batch/x/report.html"}, "out/batch/x/pictures"
    assert format_batch_ending(BatchEnding(in_s3, pictures=here), "out/batch/x/results.csv")[1:4] == [
        "report   out/batch/x/report.html",
        "pictures out/batch/x/pictures",
        "results  out/batch/x/results.csv",
    ]
    assert format_batch_ending(BatchEnding(in_s3), "s3://b/batch/x/results.csv")[1:3] == [
        "report   s3://b/batch/x/report.html",
        "results  s3://b/batch/x/results.csv",
    ]
    assert (
        format_batch_ending(BatchEnding({**summary, "report_s3_uri": None}), "x/results.csv")[1]
        == "results  x/results.csv"
    )
