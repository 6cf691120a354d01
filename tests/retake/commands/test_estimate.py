"""`retake estimate`: the cost of a request, without a call."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.catalogue.models import claude_model, image_models

COMMAND = [sys.executable, "-c", "from retake.cli import main; main()", "estimate"]
# Nothing listens on this port: a call to Bedrock would fail.
NOWHERE = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:9"}


def estimate(event: Any, tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event), encoding="utf-8")
    return subprocess.run(
        [*COMMAND, str(path), *options], capture_output=True, text=True, check=False, env={**os.environ, **NOWHERE}
    )


def test_the_worst_case_counts_every_call_within_the_limits(tmp_path: Path) -> None:
    event = {
        "prompt": "a lighthouse",
        "max_retry_attempts": 3,
        "max_prompt_revisions": 2,
        "titan_img_number_of_images": 2,
    }
    ran = estimate(event, tmp_path, "--json")
    estimated = json.loads(ran.stdout)

    assert ran.returncode == 0
    assert estimated["calls"] == {"requirements": 1, "images": 18, "verdicts": 9, "prompts": 2, "coverage": 2}
    assert estimated["worst_case_usd"] > 18 * 0.04
    assert 2 * 0.04 < estimated["expected_usd"] < estimated["worst_case_usd"]
    assert set(estimated["model_access"].values()) == {"not checked"}


def test_given_requirements_need_no_call_and_a_foreign_prompt_needs_a_revision(tmp_path: Path) -> None:
    given = json.loads(
        estimate({"prompt": "a lighthouse", "requirements": ["a lighthouse"]}, tmp_path, "--json").stdout
    )
    foreign = json.loads(estimate({"prompt": "灯台と満月"}, tmp_path, "--json").stdout)

    assert given["calls"]["requirements"] == 0
    # The user's own wording is never tried: one wording less is paid for, and one revision is certain.
    assert foreign["calls"]["images"] == 15
    assert foreign["expected_calls"]["prompts"] == pytest.approx(1.2)


def test_a_dry_run_returns_the_same_estimate(tmp_path: Path) -> None:
    from tests.support.harnesses.loop import run

    event = {"prompt": "a lighthouse", "max_retry_attempts": 2}
    estimated = json.loads(estimate(event, tmp_path, "--json").stdout)
    ran = run(tmp_path, {**event, "dry_run": True})

    assert (ran.outcome.status, ran.answer["status"], ran.calls) == ("SUCCEEDED", "DRY_RUN", [])
    counts = estimated["calls"].keys()
    assert {key: ran.answer[key] for key in estimated.keys() - counts} == {
        key: estimated[key] for key in estimated.keys() - counts
    }
    assert {key: estimated[key] for key in counts} == estimated["calls"]
    assert not ran.folder.exists()


def test_a_run_that_uses_up_its_limits_stays_within_the_worst_case(tmp_path: Path) -> None:
    from tests.support.cases.scenarios import PROMPT, WRONG
    from tests.support.harnesses.loop import run

    event = {"prompt": PROMPT, "max_retry_attempts": 2, "max_prompt_revisions": 2}
    estimated = json.loads(estimate(event, tmp_path, "--json").stdout)
    ran = run(tmp_path, event, faults=(WRONG,))

    assert ran.answer["status"] == "EXHAUSTED"
    assert ran.answer["images"] == estimated["calls"]["images"]
    assert ran.answer["cost"]["total_usd"] <= estimated["worst_case_usd"]


def test_bad_input_is_refused_as_in_a_run(tmp_path: Path) -> None:
    ran = estimate({"prompt": "a lighthouse", "max_cost_usd": 0.001}, tmp_path)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "max_cost_usd: 0.001 is less than one attempt can cost; give at least 0.0" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_prices_are_those_of_the_catalogue() -> None:
    assert image_models()["stability.stable-image-core-v1:1"].price_usd_per_image == 0.04
    haiku = claude_model("us.anthropic.claude-haiku-5-5", "validate_model_id")
    assert haiku.price_usd(1_000_000 // 10, 0) == pytest.approx(0.011)
