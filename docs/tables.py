"""The generated parts of the documents, as Markdown: one function for each kind. `make docs` writes them into the pages."""

import ast
import contextlib
import inspect
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

from bench import scale as bench_scale
from infra.settings import Deployment
from lambdas.core.batch.statuses import BATCH_STATUSES
from lambdas.core.run.statuses import ERROR, STATUSES, Status
from retake.cli import app
from tests.support.cases.scenarios import SCENARIOS
from tests.support.harnesses.stack_scenarios import event_for, reason_not_to_run

ROOT = Path(__file__).parents[1]
_UNITS = {"usd": "US dollars", "days": "days", "region": "Region"}


def command_help(command: str) -> str:
    """Return what `retake COMMAND --help` prints on a terminal of 80 columns."""
    shown = io.StringIO()
    with patch.dict(os.environ, COLUMNS="80"), contextlib.redirect_stdout(shown):
        app([command, "--help"], prog_name="retake", standalone_mode=False)
    return f"\n```text\n$ retake {command} --help\n{shown.getvalue()}```\n\n"


def run_statuses() -> str:
    """Return the table of a run's statuses."""
    rows = [(f"`{row.name}`", row.meaning, *_ending(row)) for row in STATUSES.values()]
    return _table(("`status`", "when", "execution", "`Error`", "exit code"), rows)


def _ending(row: Status) -> tuple[str, str, str]:
    if row is ERROR:
        return "FAILED", "the fault's own", f"{row.exit_code} (2 for an `InvalidRequestError`)"
    return "FAILED" if row.error else "SUCCEEDED", _code(row.error), f"{row.exit_code}"


def batch_statuses() -> str:
    """Return the table of a batch's statuses."""
    rows = [
        (f"`{row.name}`", row.meaning, "FAILED" if row.error else "SUCCEEDED", _code(row.error), f"{row.exit_code}")
        for row in BATCH_STATUSES.values()
    ]
    return _table(("a batch's `status`", "when", "execution", "`Error`", "exit code"), rows)


def settings() -> str:
    """Return the table of a deployment's settings, from the docstrings of `infra.settings.Deployment`."""
    meanings = _field_docstrings(Deployment)
    rows = [
        (f"`{field.name}`", _unit(field.name, str(field.type)), _default(field.default), meanings[field.name])
        for field in fields(Deployment)
    ]
    return _table(("`retake:`", "unit", "default", "meaning"), rows)


def _field_docstrings(of: type) -> dict[str, str]:
    """Return each field's docstring on one line, without its last period."""
    body = [node for node in ast.walk(ast.parse(inspect.getsource(of))) if isinstance(node, ast.AnnAssign | ast.Expr)]
    found = {}
    for field, text in pairwise(body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(docstring))):
                found[name] = " ".join(docstring.split()).removesuffix(".")
    return found


def _unit(name: str, kind: str) -> str:
    if "dict" in kind:
        return "map"
    if "tuple" in kind:
        return "list"
    return next((unit for part, unit in _UNITS.items() if part in name.split("_")), "")


def _default(value: object) -> str:
    if value is None or value is MISSING or value == ():
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if isinstance(value, str) else f"{value:g}"


def scale(name: str) -> str:
    """Return a table of docs/scale.md."""
    header, *rows = bench_scale.tables()[name]
    return _table(header, rows)


def stack_scenarios() -> str:
    """Return which scenarios run on a stack in AWS, with the most they cost, and which faults the others need."""
    reasons = {scenario.name: reason_not_to_run(scenario) for scenario in SCENARIOS}
    playable = [scenario for scenario in SCENARIOS if reasons[scenario.name] is None]
    most_usd = sum(event_for(scenario)["max_cost_usd"] for scenario in playable)
    names = ", ".join(f"`{scenario.name}`" for scenario in playable)
    head = f"\n{len(playable)} of {len(SCENARIOS)} scenarios run, for at most ${most_usd:.2f} in total: {names}.\n"
    rows = [(f"`{name}`", reason) for name, reason in reasons.items() if reason]
    return head + _table(("scenario that cannot run", "because it needs"), rows)


def make_targets() -> str:
    """Return the targets of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"(?m)^([a-z]+):.*## (.*)$", makefile)
    return _table(("command", "effect"), [(f"`make {name}`", effect) for name, effect in targets])


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the table with an empty line before and after it, which ends an HTML comment for every Markdown reader."""
    lines = ["| " + " | ".join(row) + " |" for row in (header, *rows)]
    lines.insert(1, "|" + "---|" * len(header))
    return "\n" + "\n".join(lines).replace("|  |", "| |") + "\n\n"
