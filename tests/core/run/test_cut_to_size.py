"""The result as the output or cause of an execution: the same object, always under 24 KiB."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lambdas.core.run.result import cut_to_size
from tests.support.factories.core import QUICKLY
from tests.support.factories.sample_run import SampleRun

LIMIT_BYTES = 24 * 1024
# AWS: the longest bucket name, the longest key.
PREFIX, RUN_ID, BUCKET = "p" * 300, "r" * 80, "b" * 63
EMOJI = "🧊" * 1_000


def size(result: dict[str, Any]) -> int:
    return len(json.dumps(result, ensure_ascii=False).encode())


def result(requirements: int, failed: int, text: str, warnings: int = 0) -> dict[str, Any]:
    """Return a result that has the text in every place where a user or a model can write one."""
    listed = [
        {"id": f"r{place}", "kind": "object", "text": "x", "question": "", "must": True}
        for place in range(requirements)
    ]
    run = SampleRun({"prompt": text, "negative_prompt": text, "run_id": RUN_ID}, listed, [text] * warnings)
    run.folder = type(run.folder)(BUCKET, PREFIX, RUN_ID, run.folder.files)
    run.wording(0)
    # Requirements with even numbers fail first, so that the failed checks are not simply the first of the list.
    places = [*range(0, requirements, 2), *range(1, requirements, 2)]
    run.attempt(0, 1, [b"png"], [{f"r{place}": text for place in places[:failed]}])
    verdict = run.folder.require_json("r00/a01/verdict.json")
    verdict["reason"] = text
    for check in verdict["checks"]:
        check["observed"] = text
    run.folder.write_json("r00/a01/verdict.json", verdict)
    _, found = run.end("ERROR", "SomeError", text)
    return found


def test_a_small_result_is_the_same_object() -> None:
    whole = result(5, 5, "seen")
    assert cut_to_size(whole) == whole


def test_strings_are_kept_up_to_1_000_characters_and_longer_ones_are_cut_to_1_000() -> None:
    whole = result(2, 1, "x" * 1_000)
    assert cut_to_size(whole) == whole
    cut = cut_to_size(result(2, 1, "x" * 1_001))
    assert cut["prompt"] == cut["verdict"]["checks"][0]["observed"] == "x" * 999 + "…"


def test_every_met_check_and_the_first_ten_failed_checks_are_kept_in_order() -> None:
    whole = result(40, 25, "seen")
    checks = cut_to_size(whole)["verdict"]["checks"]
    assert [check for check in checks if check["met"]] == [c for c in whole["verdict"]["checks"] if c["met"]]
    assert [c for c in checks if not c["met"]] == [c for c in whole["verdict"]["checks"] if not c["met"]][:10]
    assert len(whole["verdict"]["checks"]) == 40


@pytest.mark.parametrize("text", [EMOJI, "\n" * 1_000, '"' * 1_000, "é" * 20_000, "x" * 50_000])
@pytest.mark.parametrize(("requirements", "failed"), [(40, 0), (40, 40), (40, 10), (1, 1)])
def test_a_result_with_the_longest_texts_is_below_the_limit_and_its_addresses_are_not_cut(
    text: str, requirements: int, failed: int
) -> None:
    whole = result(requirements, failed, text, warnings=8)
    cut = cut_to_size(whole)
    assert size(cut) < LIMIT_BYTES
    assert len(json.dumps(cut, ensure_ascii=False)) < 32_768
    assert set(cut) == set(whole)
    assert (cut["status"], cut["cost"], cut["attempts"]) == (whole["status"], whole["cost"], whole["attempts"])
    # A cut address would be useless.
    for name in ("run_id", "image", "output_s3_bucket_url", "output_s3_object_url", "report_s3_uri", "result_s3_uri"):
        assert cut[name] == whole[name]
    failures = [check["id"] for check in cut["verdict"]["checks"] if not check["met"]]
    assert failures == [c["id"] for c in whole["verdict"]["checks"] if not c["met"]][:10]
    assert len(cut["verdict"]["reason"]) >= 60 and cut["verdict"]["reason"].endswith("…")


TEXT = some.builds(lambda text, times: text * times, some.text(max_size=8), some.sampled_from([1, 30, 300, 3_000]))


@QUICKLY
@given(some.integers(1, 40), some.integers(0, 40), TEXT, TEXT, some.lists(TEXT, max_size=12))
def test_any_result_is_below_the_limit_and_valid_json(
    requirements: int, failed: int, text: str, observed: str, warnings: list[str]
) -> None:
    checks = [{"id": f"r{n}", "observed": observed, "met": n >= failed} for n in range(requirements)]
    whole: dict[str, Any] = {
        **dict.fromkeys(("message", "prompt", "final_prompt", "negative_prompt", "error"), text),
        "status": "ERROR",
        "image": None,
        "verdict": {"result": "NO", "reason": text, "score": 0.5, "checks": checks},
        "warnings": warnings,
        "result_s3_uri": f"s3://{BUCKET}/{PREFIX}/{RUN_ID}/result.json",
    }
    cut = cut_to_size(whole)
    assert size(cut) < LIMIT_BYTES
    assert json.loads(json.dumps(cut)) == cut
    assert cut["result_s3_uri"] == whole["result_s3_uri"]
    assert sum(not check["met"] for check in cut["verdict"]["checks"]) == min(10, failed, requirements)
    assert whole["prompt"].startswith(cut["prompt"].removesuffix("…"))
