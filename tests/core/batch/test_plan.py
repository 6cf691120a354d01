"""The plan of a batch: lines that cannot run are rejected, duplicates skipped, and ids follow from content."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.core.admission.admit import admit_request, one_attempt_usd
from lambdas.core.admission.estimate import estimate
from lambdas.core.batch.manifest.manifest import read_manifest
from lambdas.core.batch.plan import Plan
from lambdas.core.batch.price import PriceList
from lambdas.core.batch.settings import BatchSettings
from lambdas.core.request.batch_item import batch_id_of
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings
from tests.support.harnesses.plan_memory import BAD

HERE = Settings(bucket="pictures", max_cost_usd_per_batch=1e6)


def planned(lines: list[dict[str, Any]], **defaults: Any) -> tuple[list[Any], list[Any], Any]:
    content = "\n".join(map(json.dumps, lines)).encode()
    with Plan("x-12345678", HERE, BatchSettings.parse(defaults, HERE), 1, "run-1") as plan:
        plan.add_lines(read_manifest(io.BytesIO(content), ".jsonl"))
        plan.items.seek(0)
        plan.rejected.seek(0)
        return json.loads(plan.items.read()), [json.loads(line) for line in plan.rejected], plan.counts


def test_bad_lines_are_rejected_by_the_plan_and_the_rest_is_planned() -> None:
    # Where Python gives up depends on the calls that are open, so every depth near its limit is tried.
    depths = (60, *range(800, 1_010), 9_000)
    content = b"\n".join(
        [
            b'{"prompt": "first"}',
            *(b'{"prompt": "a", "requirements": ' + b"[" * depth + b"]" * depth + b"}" for depth in depths),
            b'{"prompt": "a", "titan_img_seed": ' + b"9" * 300 + b"}",
            b'{"prompt": "a", "titan_img_seed": ' + b"9" * 5_000 + b"}",
            b'{"prompt": "last"}',
        ]
    )
    with Plan("x-12345678", HERE, BatchSettings.parse({}, HERE), 1, "run-1") as plan:
        plan.add_lines(read_manifest(io.BytesIO(content), ".jsonl"))
        plan.rejected.seek(0)
        rejected = [json.loads(line) for line in plan.rejected]
    assert (plan.counts.lines, plan.counts.items) == (len(depths) + 4, 2)
    assert [row["line"] for row in rejected] == list(range(2, len(depths) + 4))
    assert all(len(row["reason"]) < 250 for row in rejected)


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("titan_img_seed", "9" * 5_000),
        ("titan_img_seed", "[" * 900 + "]" * 900),
        ("titan_img_seed", "[" * 90_000),
        ("titan_img_seed", "x" * 90_000),
        ("requirements", "[" * 900 + "]" * 900),
        ("requirements", "[" + "9" * 5_000 + "]"),
        ("requirements", "[" + "x" * 90_000 + "]"),
    ],
)
def test_a_bad_cell_is_named_with_the_other_faults_of_its_row(name: str, cell: str) -> None:
    content = f'prompt,{name},revise_policy\nfirst,,\nsecond,"{cell}",often\nlast,,\n'.encode()
    with Plan("x-12345678", HERE, BatchSettings.parse({}, HERE), 1, "run-1") as plan:
        plan.add_lines(read_manifest(io.BytesIO(content), ".csv"))
        plan.rejected.seek(0)
        [rejected] = [json.loads(line) for line in plan.rejected]
    assert plan.counts.items == 2
    assert rejected["line"] == 3
    assert f"{name}: " in rejected["reason"]
    assert 'revise_policy: "often" is not one of its values' in rejected["reason"]
    assert len(rejected["reason"]) < 500


@given(key=st.text(min_size=1, max_size=80))
def test_a_batch_id_is_fit_to_be_part_of_a_run_id_and_follows_from_bucket_and_key(key: str) -> None:
    found = batch_id_of("bucket", f"batches/{key.replace('/', '')}.jsonl")
    assert len(found) <= 38
    assert "--" not in found
    assert found.isascii()
    assert found.replace("-", "").replace("_", "").isalnum()
    assert found != batch_id_of("another", f"batches/{key.replace('/', '')}.jsonl")


@pytest.mark.parametrize("key", ["batches/x.defaults.json", "batches/x.txt", "batches/x"])
def test_what_is_no_manifest_starts_no_batch(key: str) -> None:
    with pytest.raises(InvalidRequestError, match="is not a manifest"):
        batch_id_of("bucket", key)


def test_an_id_from_content_survives_reordering_of_lines_and_fields() -> None:
    lines: list[dict[str, Any]] = [{"prompt": "a", "max_retry_attempts": 2}, {"prompt": "b"}]
    first, _, _ = planned(lines)
    second, _, _ = planned([{"prompt": "b"}, {"max_retry_attempts": 2.0, "prompt": "a", "negative_prompt": None}])
    assert [item["run_id"] for item in first] == [item["run_id"] for item in reversed(second)]
    assert len({item["run_id"] for item in first}) == 2
    assert all(item["run_id"].startswith("x-12345678--") for item in first)


def test_an_exact_duplicate_is_skipped_and_one_id_with_two_contents_is_an_error_on_both_lines() -> None:
    items, rejected, counts = planned(
        [
            {"prompt": "a"},
            {"prompt": "a"},
            {"id": "x", "prompt": "b"},
            {"id": "x", "prompt": "c"},
            {"id": "y", "prompt": "b"},
        ]
    )
    assert [item["prompt"] for item in items] == ["a", "b"]
    assert [row["line"] for row in rejected] == [3, 4]
    assert all("lines 3, 4" in row["reason"] for row in rejected)
    assert (counts.lines, counts.items, counts.rejected, counts.skipped) == (5, 2, 2, 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"prompt": "a", "id": "a--b"}, "id: "),
        ({"prompt": "a", "id": 7}, "id: "),
        ({"prompt": "a", "run_id": "x"}, "run_id: there is no such field"),
        ({"prompt": "a", "batch": {}}, "batch: there is no such field"),
        ({"prompt": " "}, "prompt: is blank"),
        ({"prompt": "a", "max_cost_usd": 0.001}, "max_cost_usd: "),
        ({"prompt": "夜の海", "max_prompt_revisions": 0}, "not in English"),
        ({"prompt": "a", "output_s3_key_prefix": "é" * 250}, "at most 400 bytes"),
    ],
)
def test_a_line_that_could_not_run_is_rejected_with_its_reason(line: dict[str, Any], reason: str) -> None:
    items, [rejected], _ = planned([line])
    assert items == []
    assert reason in rejected["reason"]


def test_defaults_fill_what_a_line_leaves_out_and_keep_its_id() -> None:
    [plain], _, _ = planned([{"prompt": "a"}])
    [item], _, _ = planned([{"prompt": "a"}], max_retry_attempts=2, negative_prompt="cars", max_concurrency=3)
    assert (item["max_retry_attempts"], item["negative_prompt"]) == (2, "cars")
    assert item["run_id"] == plain["run_id"]
    with pytest.raises(InvalidRequestError, match="did you mean batch_max_cost_usd"):
        BatchSettings.parse({"batch_max_cost_us": 3}, HERE)


def test_the_remembered_price_is_never_below_the_requests_own() -> None:
    prices = PriceList()
    for prompt in ("a", 'a "quoted" <b> text', "夜の海 " * 40, "x" * 400):
        admitted = admit_request({"prompt": prompt}, HERE, "run")
        request, found = admitted.request, prices.price(admitted)
        own = estimate(request, not prompt.isascii())
        assert own.worst_case_usd <= found["worst_case_usd"] <= 1.2 * own.worst_case_usd
        assert found["one_attempt_usd"] >= one_attempt_usd(request, not prompt.isascii())


def test_ten_thousand_lines_with_three_in_a_hundred_bad_are_planned_in_bounded_memory() -> None:
    command = [sys.executable, "-m", "tests.support.harnesses.plan_memory", "10000"]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True)
    output = json.loads(done.stdout)

    counts, rejected = output["counts"], output["rejected"]
    assert [counts[name] for name in ("lines", "items", "rejected", "skipped")] == [10_000, 9_700, 300, 0]
    assert counts["worst_case_usd"] > counts["expected_usd"] > counts["one_attempt_each_usd"] > 0
    assert [row["line"] for row in rejected] == [number for number in range(1, 10_001) if number % 100 in BAD]
    assert all(row["reason"].startswith(BAD[row["line"] % 100][1]) for row in rejected)
    # 4 MiB for each of two temporary files before it goes to the disk, some 300 bytes an id, and as much again.
    assert output["grown_bytes"] < 14 * 1024 * 1024
