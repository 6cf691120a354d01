"""The documents against the code: the form of decisions, existing paths, and complete lists."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.batch.settings import BATCH_FIELDS
from lambdas.core.batch.summary import Tally, summarize
from lambdas.core.models.claude import coverage, requirements, revision, verdict
from lambdas.core.request.requirement import KINDS
from lambdas.core.runtime import errors
from lambdas.core.runtime.execution import BatchExecution
from lambdas.core.runtime.limits import MAX_ATTEMPTS_PER_RUN

ROOT = Path(__file__).parents[1]
CONTRACT = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
ROOMS = ("bench", "docs", "events", "infra", "lambdas", "requirements", "retake", "standin", "statemachine", "tests")
PATH = re.compile(rf"`((?:{'|'.join(ROOMS)})/[\w./-]+)`")


def _documents() -> dict[str, str]:
    found = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("not a git checkout")
    names = [name for name in found.stdout.split() if (ROOT / name).is_file() and name != "CHANGELOG.md"]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names}


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_number_a_status_a_date_and_the_four_headings(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    title, status = text.split("\n\n")[:2]
    assert title.startswith(f"# {DECISIONS.index(path) + 1}. ")
    assert path.name.startswith(f"{DECISIONS.index(path) + 1:04}-")
    assert re.fullmatch(r"Status: (accepted|superseded by \d{4}), \d{4}-\d{2}-\d{2}", status)
    assert re.findall(r"(?m)^\*\*(\w+)\.\*\*", text) == ["Context", "Decision", "Alternatives", "Consequences"]
    assert text.count("\n") <= 25


def test_every_path_in_a_document_exists() -> None:
    named = {(name, path) for name, text in _documents().items() for path in PATH.findall(text)}
    assert len(named) > 20
    assert not {(name, path) for name, path in named if not (ROOT / path).exists()}


def test_the_cap_in_the_decision_on_limits_is_the_one_in_the_code() -> None:
    (decision,) = (path for path in DECISIONS if path.stem.endswith("what-the-limits-count"))
    assert f"at most {MAX_ATTEMPTS_PER_RUN}," in " ".join(decision.read_text(encoding="utf-8").split())


def _named_under(heading: str, header: str) -> set[str]:
    """Return the names in backticks in the first column of the table with this header, under this heading."""
    table = CONTRACT.partition(f"{heading}\n")[2].partition(f"{header}\n")[2].partition("\n\n")[0]
    return {name for row in table.splitlines()[1:] for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_the_contract_lists_every_error_of_a_run() -> None:
    defined = {name for name, value in vars(errors).items() if isinstance(value, type)}
    named = {name for name in _named_under("## Errors", "| error | the state machine |") if "." not in name}
    assert named == defined - {"RetakeError", "ModelError"}


def test_the_contract_lists_every_field_of_a_batch() -> None:
    assert _named_under("## Batches", "| field | default | meaning |") == set(BATCH_FIELDS)


def test_the_contract_lists_every_field_of_a_summary() -> None:
    counts = dict.fromkeys(("items", "lines", "rejected", "skipped", "max_cost_usd"), 0)
    plan = {**counts, "batch": {"id": "posters", "generation": 1}}
    execution: BatchExecution = {"id": "arn", "name": "one", "started_at": "2026-11-21T06:00:00Z"}
    summary = summarize(plan, Tally(), 0.0, execution, {"error": "States.ItemReaderFailed", "cause": "gone"})
    assert _named_under("`summary.json` of a batch that ran:", "| field | meaning |") == set(summary)


def _fields(schema: Any) -> Iterator[str]:
    """Every field of a tool's input, at every depth."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for inner in schema.values():
            yield from _fields(inner)


def test_the_contract_lists_every_question_and_kind() -> None:
    tools = {module.TOOL.name: module.TOOL for module in (coverage, requirements, revision, verdict)}
    assert _named_under("## Questions to Claude", "| tool | input |") == set(tools)
    for name, tool in tools.items():
        [row] = [line for line in CONTRACT.splitlines() if line.startswith(f"| `{name}` |")]
        assert set(re.findall(r'"(\w+)"', row)) >= set(_fields(tool.schema)), name
    assert f"`kind` is one of {', '.join(KINDS)}." in CONTRACT
