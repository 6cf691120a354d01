"""`retake calibrate` against the stand-in over HTTP: the measures, the cost, and a judge that fails."""

import json
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.catalogue.models import claude_model
from retake.calibration import judging
from retake.calibration.calibrate import plan_calibration, run_calibration
from retake.calibration.output import exit_code, format_notes, format_table
from retake.view import exit_codes
from standin import Options, StandIn, read_faults
from tests.support.factories.labelled import PICTURES, read_lines
from tests.support.fakes.view import RecordingView
from tests.support.harnesses.command import Retake


def calibration(labelled: Path, *faults: dict[str, Any], ceiling_usd: float | None = None) -> dict[str, Any]:
    plan = plan_calibration(labelled, "local", None, ceiling_usd, {})
    return run_calibration(plan, RecordingView(), read_faults(json.dumps(faults)))


def test_every_label_is_compared_and_every_token_counts_in_the_cost(labelled: Path, retake: Retake) -> None:
    done = retake("calibrate", str(labelled), "--json")
    found = done.result
    given = [item for line in read_lines(labelled) for item in line["requirements"]]

    assert done.code == 0
    assert found["pictures"] == {"given": PICTURES, "judged": PICTURES, "failed": 0}
    assert found["checks"] == len(given) == sum(measure["checks"] for measure in found["kinds"].values())
    assert {kind: measure["labelled_met"] for kind, measure in found["kinds"].items()} == {
        kind: sum(item["met"] for item in given if item["kind"] == kind) for kind in {item["kind"] for item in given}
    }
    assert found["calls"] == PICTURES
    price = claude_model(found["model_id"], "model").price_usd(found["input_tokens"], found["output_tokens"])
    assert found["cost_usd"] == pytest.approx(price)
    assert found["input_tokens"] > PICTURES * 500
    assert f"{PICTURES} of {PICTURES} pictures · ${found['cost_usd']:.4f}" in done.stderr


def test_a_wrong_label_shows_as_a_disagreement(labelled: Path, tmp_path: Path) -> None:
    before = calibration(labelled)
    lines = read_lines(labelled)
    (tmp_path / "pictures").symlink_to(labelled.parent / "pictures")
    turned = next(item for item in lines[0]["requirements"] if item["kind"] == "absence" and item["met"])
    turned["met"] = False
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    after = calibration(path)

    assert after["kinds"]["absence"]["false_positives"] == before["kinds"]["absence"]["false_positives"] + 1
    [new] = [one for one in after["disagreements"] if one not in before["disagreements"]]
    assert (new["image"], new["text"], new["label"], new["judge"]) == (lines[0]["image"], turned["text"], False, True)


def test_the_ceiling_is_never_passed_and_the_measures_so_far_are_returned(labelled: Path) -> None:
    whole_usd = calibration(labelled)["cost_usd"]
    worst_usd = max(question.worst_usd() for question in plan_calibration(labelled, "local", None, None, {}).questions)
    ceiling_usd = worst_usd + whole_usd * 0.4
    found = calibration(labelled, ceiling_usd=ceiling_usd)

    assert found["stopped"] == "ceiling"
    assert exit_code(found) == exit_codes.NOT_ACCEPTED
    assert 0 < found["pictures"]["judged"] < PICTURES
    # It stops as late as possible: one more picture could have passed the ceiling.
    assert ceiling_usd - worst_usd < found["cost_usd"] <= ceiling_usd
    skipped = PICTURES - found["pictures"]["judged"]
    assert list(format_notes(found))[-1].endswith(f"--max-cost-usd; {skipped} pictures were not judged")
    assert found["checks"] == found["overall"]["checks"] > 0


def test_a_judge_that_fails_is_counted_and_named(labelled: Path) -> None:
    found = calibration(labelled, {"on": "verdict", "fault": "refusal", "calls": [1]})

    assert found["pictures"] == {"given": PICTURES, "judged": PICTURES - 1, "failed": 1}
    [failure] = found["failures"]
    assert failure["image"].startswith("pictures/00")
    assert failure["error"].startswith("ModelAnswerError: us.anthropic.claude-haiku-5-5: ")
    assert f"not judged: {failure['image']}: {failure['error']}" in list(format_notes(found))
    assert exit_code(found) == 0
    assert f"{PICTURES - 1} of {PICTURES} pictures judged, 1 failed" in "\n".join(format_table(found))


def test_an_unreadable_answer_is_corrected_and_counts_in_the_cost(labelled: Path) -> None:
    found = calibration(labelled, {"on": "verdict", "fault": "rubbish", "calls": [1]})
    assert (found["pictures"]["judged"], found["calls"]) == (PICTURES, PICTURES + 1)


def test_a_judge_that_always_fails_is_a_fault_without_measures(labelled: Path) -> None:
    found = calibration(labelled, {"on": "verdict", "fault": "rubbish"})
    assert found["pictures"] == {"given": PICTURES, "judged": 0, "failed": PICTURES}
    # One correction each; every call counts.
    assert found["calls"] == 2 * PICTURES
    assert found["cost_usd"] > 0
    assert exit_code(found) == exit_codes.FAULT
    assert found["overall"]["agreement"] is None
    assert list(format_table(found))[1].split() == ["all", "0", "0", "-", "-", "-", "0", "-"]


def test_a_throttled_call_is_retried(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "RETRY_PAUSES_S", (0.01, 0.01))
    found = calibration(labelled, {"on": "verdict", "fault": "throttle", "times": 2})
    assert (found["pictures"]["judged"], found["calls"]) == (PICTURES, PICTURES + 2)


def test_a_model_that_may_not_be_called_stops_the_calibration(labelled: Path) -> None:
    found = calibration(labelled, {"on": "verdict", "fault": "access_denied"})
    assert (found["stopped"], exit_code(found)) == ("fault", exit_codes.FAULT)
    assert found["calls"] <= judging.THREADS
    assert found["fault"]


class Impatient(RecordingView):
    """Presses Ctrl-C when the first picture is judged."""

    def step(self, text: str) -> None:
        raise KeyboardInterrupt


def test_an_interrupted_calibration_returns_the_measures_so_far(labelled: Path) -> None:
    view = Impatient()
    found = run_calibration(plan_calibration(labelled, "local", None, None, {}), view)
    # Calls in flight are paid for, so they count.
    assert 1 <= found["pictures"]["judged"] <= judging.THREADS + 1 < PICTURES
    assert found["calls"] == found["pictures"]["judged"]
    assert (found["stopped"], exit_code(found)) == ("interrupted", exit_codes.INTERRUPTED)
    assert view.lines[-1].startswith("interrupted: ")


def test_bedrock_in_aws_is_called_with_the_users_credentials(labelled: Path, retake: Retake) -> None:
    with StandIn(Options()) as bedrock:
        keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock.url}
        model = "us.anthropic.claude-sonnet-5-5"
        done = retake("calibrate", str(labelled), "--bedrock", "aws", "--model", model, environment=keys)
        called = [(call.operation, call.model_id) for call in bedrock.calls]
    assert done.code == 0
    assert called == [("verdict", model)] * PICTURES
    assert f"{PICTURES} calls of {model}: $" in done.stdout
    assert "stand-in" not in done.stdout


def test_missing_credentials_are_reported(labelled: Path, retake: Retake) -> None:
    done = retake("calibrate", str(labelled), "--bedrock", "aws")
    assert done.code == exit_codes.FAULT
    assert done.errors[0].startswith("retake: error: boto3 finds no AWS credentials for Bedrock")
