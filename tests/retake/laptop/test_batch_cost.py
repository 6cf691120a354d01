"""The cost shown for a batch is what its records add up to, whatever happened to its lines."""

import json
import re
from typing import Any

import pytest

from tests.support.harnesses.command import Done, Retake

RED = {"id": "one", "prompt": "a red circle on a white background"}
BLUE = {"id": "two", "prompt": "a blue square on a white background"}


def recorded_usd(retake: Retake) -> float:
    """Return the sum of every result.json of a run, at any depth of the folder."""
    results = (retake.folder / "out").rglob("*--*/result.json")
    return sum(float(json.loads(path.read_bytes())["cost"]["total_usd"]) for path in results)


def shown_usd(done: Done) -> float:
    """Return the cost in the closing lines."""
    found = re.search(r"^cost     \$([0-9.]+) of at most ", done.stderr, re.MULTILINE)
    assert found, done.stderr
    return float(found[1])


def batch(retake: Retake, lines: list[dict[str, Any]]) -> Done:
    right = retake.faults({"on": "image", "fault": "paint_right"})
    return retake("batch", retake.manifest(lines), *right, "--json")


def test_cost_when_an_accepted_line_is_edited_then_it_is_the_sum_of_all_results(retake: Retake) -> None:
    costs = []
    for lines in (
        [RED, BLUE],
        [{**RED, "prompt": "a green circle on a white background"}, BLUE],  # Edited.
        [{**RED, "prompt": "a yellow circle on a white background"}, BLUE],  # Edited again.
        [BLUE],  # Removed.
    ):
        done = batch(retake, lines)
        assert done.code == 0, done.stderr
        costs.append(done.result["cost"]["total_usd"])
        assert done.result["cost"]["total_usd"] == pytest.approx(recorded_usd(retake), abs=1e-5)
        assert shown_usd(done) == pytest.approx(recorded_usd(retake), abs=1e-4)

    assert costs == sorted(costs)
    assert costs[2] > costs[1] > costs[0] > 0.08
    assert "1 of 1, 1 accepted (1 reused), 0 not, " in done.stderr
    assert f"resumed  1 item reused; $0.0000 of the cost was paid now, ${costs[2]:.4f} before" in done.stderr


def test_cost_when_all_is_run_again_then_the_earlier_generation_counts_too(retake: Retake) -> None:
    (retake.folder / "prompts.defaults.json").write_text(json.dumps({"rerun": "all"}))

    first, second = batch(retake, [RED]), batch(retake, [RED])

    assert (first.result["generation"], second.result["generation"]) == (1, 2)
    assert second.result["cost"]["total_usd"] == pytest.approx(recorded_usd(retake), abs=1e-5)
    assert second.result["cost"]["total_usd"] > first.result["cost"]["total_usd"]
    assert " of at most $100.00 for each rerun" in second.stderr


def test_ceiling_when_a_line_is_edited_then_what_its_earlier_content_cost_counts(retake: Retake) -> None:
    (retake.folder / "prompts.defaults.json").write_text(json.dumps({"batch_max_cost_usd": 0.1}))

    first = batch(retake, [RED])
    second = batch(retake, [{**RED, "prompt": "a green circle on a white background"}])
    third = batch(retake, [{**RED, "prompt": "a yellow circle on a white background"}])

    assert (first.code, second.code, third.code) == (0, 0, 1)
    assert third.result["by_status"] == {"BUDGET_EXCEEDED": 1}
    assert third.result["cost"]["total_usd"] == pytest.approx(recorded_usd(retake), abs=1e-5)
