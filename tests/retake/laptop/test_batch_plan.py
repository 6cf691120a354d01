"""A manifest is checked before its batch is started, and the same file is always the same batch."""

from pathlib import Path

import pytest

from retake.laptop.batch_plan import BatchPlan, plan_batch
from retake.view.errors import BadInputError


def plan(folder: Path, name: str = "prompts.jsonl", **environment: str) -> BatchPlan:
    (folder / name).write_text('{"prompt": "a red circle"}\n', encoding="utf-8")
    return plan_batch(folder / name, folder / "out", "local", None, None, environment)


def test_plan_when_the_file_is_the_same_then_so_is_the_batch_but_not_its_execution(tmp_path: Path) -> None:
    first, again, other = plan(tmp_path), plan(tmp_path), plan(tmp_path, "others.jsonl")

    assert first.batch_id == again.batch_id != other.batch_id
    assert first.execution_name != again.execution_name
    assert first.folder == tmp_path / "out/batch" / first.batch_id
    assert first.results == first.folder / "results.csv"
    assert first.log_path == tmp_path / "out/log.jsonl"


def test_plan_when_a_variable_has_no_valid_value_then_it_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(
        BadInputError, match=r"prompts\.jsonl: RETAKE_MAX_COST_USD_PER_BATCH: \"a lot\" is not a number"
    ):
        plan(tmp_path, RETAKE_MAX_COST_USD_PER_BATCH="a lot")

    assert not (tmp_path / "out").exists()
