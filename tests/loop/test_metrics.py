"""The metrics that the shipped functions emit for whole runs and batches, one line of the log each."""

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from retake.emulator.cloud import LocalCloud
from tests.support.harnesses.batch import PROMPT, batches
from tests.support.harnesses.loop import run


def enable_metrics(cloud: LocalCloud | None = None) -> None:
    """Enable metrics, which the local environment disables because standard output is for the result."""
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "false"


def emitted_values(capsys: pytest.CaptureFixture[str]) -> dict[str, list[Any]]:
    """Return the values of each metric, in order."""
    values: defaultdict[str, list[Any]] = defaultdict(list)
    for line in capsys.readouterr().out.splitlines():
        record = json.loads(line)
        for metric in record["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
            values[metric["Name"]] += record[metric["Name"]]
    return values


def test_each_payment_is_emitted_once_and_throttles_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = ({"on": "image", "fault": "throttle", "times": 2}, {"on": "verdict", "fault": "throttle", "times": 2})
    ran = run(tmp_path, {"prompt": PROMPT}, faults=faults, before_start=enable_metrics)
    values = emitted_values(capsys)
    assert ran.answer["status"] == "ACCEPTED"
    assert sum(values["SpentUsd"]) == pytest.approx(ran.json("result.json")["cost"]["total_usd"], abs=1e-6)
    assert values["CostUsd"] == [ran.json("result.json")["cost"]["total_usd"]]
    assert (sum(values["Throttles"]), sum(values["ModelRequests"])) == (4, len(ran.calls))
    assert (values["Accepted"], values["Faults"], values["Blocked"]) == ([1], [0], [0])
    assert "BatchItemsEnded" not in values


def test_a_picture_that_the_filter_blocked_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(
        tmp_path,
        {"prompt": PROMPT},
        faults=({"on": "image", "fault": "filter_output", "times": 1},),
        before_start=enable_metrics,
    )
    values = emitted_values(capsys)
    assert (values["Blocked"], values["Attempts"], values["Images"]) == ([1], [2], [1])


def test_an_invalid_request_raises_no_alarm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, {"prompt": PROMPT, "colour": "red"}, before_start=enable_metrics)
    values = emitted_values(capsys)
    assert (values["InvalidRequests"], values["Faults"]) == ([1], [0])


def test_the_items_of_a_batch_emit_metrics_while_they_run_and_when_they_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"id": name, "prompt": PROMPT} for name in ("a", "b", "c")]
    with batches(tmp_path) as running:
        enable_metrics()
        batch = running.run("batches/posters.jsonl", lines, {"max_concurrency": 1})
    values = emitted_values(capsys)
    assert batch.summary["accepted"] == 3
    assert sum(values["BatchItemsEnded"]) == 3
    # Each item emits a zero with its requirements, picture and verdict, before it ends.
    assert values["BatchItemsEnded"] == [0, 0, 0, 1] * 3
    # A result has six decimals.
    assert sum(values["SpentUsd"]) == pytest.approx(values["BatchCostUsd"][0], abs=1e-5)
    assert (values["BatchItems"], values["BatchAccepted"], values["BatchErrors"]) == ([3], [3], [0])


def test_a_refused_manifest_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with batches(tmp_path) as running:
        enable_metrics()
        batch = running.run("batches/posters.jsonl", [{"id": "a", "prompt": PROMPT, "colour": "red"}])
    values = emitted_values(capsys)
    assert batch.summary["status"] == "REFUSED"
    assert values["BatchesRefused"] == [1]
