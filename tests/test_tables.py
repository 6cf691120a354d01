"""One table each: no file but the table itself lists statuses, functions or the names of a batch's files."""

import ast
from collections.abc import Iterator
from pathlib import Path

from lambdas.core.batch.statuses import BATCH_STATUSES
from lambdas.core.catalogue.models import image_models
from lambdas.core.run.statuses import STATUSES
from lambdas.core.runtime.functions import FUNCTIONS
from standin.wire.image_api import STABILITY_MODELS, TITAN_MODELS

ROOT = Path(__file__).parents[1]
ROOMS = ("infra", "lambdas", "retake", "statemachine")

STATUS_TABLES = {"lambdas/core/run/statuses.py", "lambdas/core/batch/statuses.py"}
NOT_A_STATUS = {
    ("lambdas/conclude/handler.py", "BLOCKED"): "the beginning of two outcomes of an attempt",
    ("lambdas/plan/handler.py", "DUPLICATE"): "`next`, which the state machine branches on",
    ("lambdas/plan/handler.py", "REFUSED"): "`next`, which the state machine branches on",
    ("retake/view/output.py", "ERROR"): "the level of a log line",
    ("retake/view/run_watch.py", "BLOCKED"): "the verdict on an attempt, beside YES and NO",
}

FUNCTION_TABLE = "lambdas/core/runtime/functions.py"
# Permissions differ by function by nature.
FUNCTION_LISTS = {"infra/permissions.py": set(FUNCTIONS)}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def literals(tree: ast.Module) -> Iterator[str]:
    """Every string of the code, without docstrings."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def members(tree: ast.Module) -> Iterator[list[str]]:
    """The elements of every list, tuple, set and dict of the code, as they are written: `ACCEPTED.name` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield [ast.unparse(key) for key in node.keys if key]
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            yield [ast.unparse(element) for element in node.elts]


def test_no_file_but_the_table_spells_a_status() -> None:
    spelt = {
        (name, text)
        for name, tree in sources()
        if name not in STATUS_TABLES
        for text in literals(tree)
        if text in STATUSES or text in BATCH_STATUSES
    }
    assert spelt == set(NOT_A_STATUS)


def test_no_file_but_the_table_lists_statuses() -> None:
    names = {written for row in (*STATUSES, *BATCH_STATUSES) for written in (row, f"{row}.name", f"'{row}'")}
    lists = {
        f"{name}: {found}"
        for name, tree in sources()
        if name not in STATUS_TABLES
        for found in members(tree)
        if len(names.intersection(found)) > 1
    }
    assert not lists


def test_no_file_but_the_table_lists_functions() -> None:
    written = {f"'{name}'": name for name in FUNCTIONS} | {f"'{row.state}'": name for name, row in FUNCTIONS.items()}
    lists: dict[str, set[str]] = {}
    for file, tree in sources():
        for found in members(tree):
            named = {written[member] for member in found if member in written}
            if len(named) > 1 and file != FUNCTION_TABLE:
                lists.setdefault(file, set()).update(named)
    # Each of the others has every function, or a new one would be forgotten there.
    assert lists == FUNCTION_LISTS


def test_the_stand_in_serves_every_image_model_of_the_catalogue() -> None:
    assert set(image_models()) == TITAN_MODELS | STABILITY_MODELS
