"""Statuses, functions and batch paths are each listed in one file, and one file reads the JSON of users."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.batch.statuses import BATCH_STATUSES
from lambdas.core.catalogue.models import claude_model_ids, image_models
from lambdas.core.run.statuses import STATUSES
from lambdas.core.runtime import batch_paths
from lambdas.core.runtime.functions import FUNCTIONS
from standin.wire.claude_models import CLAUDE_MODELS, ENDED_MODELS
from standin.wire.image_api import SERVICE_PROFILES, STABILITY_MODELS, TITAN_MODELS

ROOT = Path(__file__).parents[1]
ROOMS = ("infra", "lambdas", "retake", "statemachine")

STATUS_TABLES = {"lambdas/core/run/statuses.py", "lambdas/core/batch/statuses.py"}
NOT_A_STATUS = {
    ("lambdas/conclude/handler.py", "BLOCKED"): "the start of two outcomes of an attempt",
    ("lambdas/plan/handler.py", "DUPLICATE"): "`next`, which the state machine branches on",
    ("lambdas/plan/handler.py", "REFUSED"): "`next`, which the state machine branches on",
    ("retake/view/output.py", "ERROR"): "the level of a log line",
    ("retake/view/run_watch.py", "BLOCKED"): "the verdict on an attempt, in addition to YES and NO",
}

FUNCTION_TABLE = "lambdas/core/runtime/functions.py"
# Each function has its own permissions.
FUNCTION_LISTS = {"infra/permissions.py": set(FUNCTIONS)}

JSON_READER = "lambdas/core/runtime/strict_json.py"
OUR_RECORD = "records that our functions have written"
AWS_ANSWER = "an answer of AWS"
OUR_FILE = "a file of this repository"
AS_AWS = "reads JSON like the AWS service that it emulates"
NEIGHBOUR = "the stand-in imports nothing else of the project"
OTHER_JSON_READERS = {
    "lambdas/core/batch/map_rows.py": "the files of the map",
    "lambdas/core/batch/rows.py": "the items and rejected lines that Plan wrote",
    "lambdas/core/batch/plan.py": "the lines of its own temporary file",
    "lambdas/core/catalogue/models.py": OUR_FILE,
    "lambdas/core/models/claude/answer.py": AWS_ANSWER,
    "lambdas/core/request/tasks/own_requirements.py": OUR_FILE,
    "lambdas/core/runtime/cause.py": AWS_ANSWER,
    "lambdas/core/runtime/records.py": OUR_RECORD,
    "retake/deployed/doctor.py": AWS_ANSWER,
    "retake/deployed/execution.py": AWS_ANSWER,
    "retake/deployed/steps.py": AWS_ANSWER,
    "retake/emulator/cloud.py": AWS_ANSWER,
    "retake/emulator/patches/definition.py": OUR_FILE,
    "retake/emulator/patches/history.py": AS_AWS,
    "retake/emulator/patches/jsonata.py": AS_AWS,
    "retake/emulator/patches/lambda_api.py": AS_AWS,
    "retake/emulator/patches/lambda_invoke.py": AS_AWS,
    "retake/emulator/patches/stepfunctions.py": AS_AWS,
    "retake/emulator/serve/scheduler.py": AS_AWS,
    "retake/emulator/serve/server.py": AWS_ANSWER,
    "retake/view/batch_progress.py": OUR_RECORD,
    "retake/view/outcome.py": AWS_ANSWER,
    "standin/faults.py": NEIGHBOUR,
    "standin/scenes/language/vocabulary.py": OUR_FILE,
    "standin/wire/claude_output_format.py": AS_AWS,
    "standin/wire/conversation.py": AS_AWS,
    "standin/wire/request_shape.py": AS_AWS,
    "standin/wire/training_data.py": AS_AWS,
    "statemachine/__init__.py": OUR_FILE,
    "statemachine/layout.py": OUR_FILE,
}

PATH_TABLE = "lambdas/core/runtime/batch_paths.py"
PATHS = {value for name, value in vars(batch_paths).items() if name.isupper() and isinstance(value, str)}
# All kinds of records have this ending. A list of manifest endings also has the other two, which are found.
PATHS -= {batch_paths.JSON_ARRAY}
# It is also the name of a state machine and of a request field, so it counts as a folder only as part of a path.
ALSO_A_WORD = batch_paths.BATCH_FOLDER


def sources(*more: str) -> Iterator[tuple[str, ast.Module]]:
    for path in (path for room in (*ROOMS, *more) for path in sorted((ROOT / room).rglob("*.py"))):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def literals(tree: ast.Module) -> Iterator[str]:
    """Yield every string of the code, without docstrings."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def members(tree: ast.Module) -> Iterator[list[str]]:
    """Yield the elements of every list, tuple, set and dict as source text, such as `ACCEPTED.name`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield [ast.unparse(key) for key in node.keys if key]
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            yield [ast.unparse(element) for element in node.elts]


def test_only_the_table_contains_the_names_of_statuses() -> None:
    spelt = {
        (name, text)
        for name, tree in sources()
        if name not in STATUS_TABLES
        for text in literals(tree)
        if text in STATUSES or text in BATCH_STATUSES
    }
    assert spelt == set(NOT_A_STATUS)


def test_only_the_table_lists_statuses() -> None:
    names = {written for row in (*STATUSES, *BATCH_STATUSES) for written in (row, f"{row}.name", f"'{row}'")}
    lists = {
        f"{name}: {found}"
        for name, tree in sources()
        if name not in STATUS_TABLES
        for found in members(tree)
        if len(names.intersection(found)) > 1
    }
    assert not lists


def test_only_the_table_lists_functions() -> None:
    written = {f"'{name}'": name for name in FUNCTIONS} | {f"'{row.state}'": name for name, row in FUNCTIONS.items()}
    lists: dict[str, set[str]] = {}
    for file, tree in sources():
        for found in members(tree):
            named = {written[member] for member in found if member in written}
            if len(named) > 1 and file != FUNCTION_TABLE:
                lists.setdefault(file, set()).update(named)
    # Other lists must have every function, so that a new function is not forgotten there.
    assert lists == FUNCTION_LISTS


def test_the_stand_in_serves_every_image_model_of_the_catalogue_by_the_id_it_is_called_by() -> None:
    called = {model.call_id for model in image_models().values()}
    assert called == TITAN_MODELS | STABILITY_MODELS | SERVICE_PROFILES


def test_the_stand_in_serves_every_claude_model_of_the_catalogue() -> None:
    # One that has ended in AWS has ended on the stand-in too.
    assert {model_id.partition(".")[2] for model_id in claude_model_ids()} <= set(CLAUDE_MODELS) | ENDED_MODELS


def spelt_paths(text: str) -> set[str]:
    """Return the batch files and folders that the text names as whole words."""
    found = set()
    for name in PATHS:
        if name.isalnum():
            as_folder = re.search(rf"(?<!\w){name}/|/{name}(?!\w)", text)
            is_spelt = as_folder is not None or (text == name and name != ALSO_A_WORD)
        else:
            is_spelt = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
        if is_spelt:
            found.add(name)
    return found


def parts_of_paths(tree: ast.Module) -> Iterator[str]:
    """Yield the literals that are operands of `/`, or are assigned to a name."""
    for node in ast.walk(tree):
        operands: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            operands = [node.left, node.right]
        elif isinstance(node, ast.Assign):
            is_unpacked = isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple)
            operands = node.value.elts if is_unpacked and isinstance(node.value, ast.Tuple) else [node.value]
        for operand in operands:
            if isinstance(operand, ast.Constant) and isinstance(operand.value, str):
                yield operand.value


def test_only_the_table_contains_the_paths_of_a_batch() -> None:
    spelt = {
        f"{name}: {path}"
        for name, tree in sources()
        if name != PATH_TABLE
        for path in (
            *(path for text in literals(tree) for path in spelt_paths(text)),
            *(text for text in parts_of_paths(tree) if text == ALSO_A_WORD),
        )
    }
    assert not spelt


@pytest.mark.parametrize(
    "code",
    [
        '["batch/x"]',
        '[f"{prefix}/batch"]',
        'out / "batch"',
        'FOLDER = "batch"',
        'FIRST, SECOND = DROP, "batch"',
        '["batches"]',
        '["see batches/"]',
        '["batch/manifests"]',
        '["plan/plan.json"]',
        '[f"{folder}/plan/items.json"]',
        '["see rejected.jsonl"]',
        '["map/*"]',
        '["claims"]',
        '["summary.json"]',
        '("results.jsonl", RESULTS_CSV)',
        '["results.csv"]',
        'name.endswith(".csv")',
        '[f"{stem}.jsonl"]',
        '[f"{stem}.defaults.json"]',
    ],
)
def test_the_search_for_paths_finds_one(code: str) -> None:
    tree = ast.parse(code)
    found = {path for text in (*literals(tree), *parts_of_paths(tree)) for path in spelt_paths(text)}
    assert found or ALSO_A_WORD in parts_of_paths(tree)


def strings(value: Any) -> Iterator[str]:
    """Yield every string of a definition, without its comments."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name != "Comment":
                yield from strings(item)


def test_the_state_machines_get_the_paths_of_a_batch_from_plan() -> None:
    machines = {path.name: json.loads(path.read_bytes()) for path in (ROOT / "statemachine").glob("*.asl.json")}
    assert {
        name: path for name, found in machines.items() for text in strings(found) for path in spelt_paths(text)
    } == {}
    batch_map = machines["batch.asl.json"]["States"]["Run items"]
    assert batch_map["ItemReader"]["Arguments"] == {"Bucket": "{% $batch.bucket %}", "Key": "{% $batch.items_key %}"}
    assert batch_map["ResultWriter"]["Arguments"] == {
        "Bucket": "{% $batch.bucket %}",
        "Prefix": "{% $batch.map_prefix %}",
    }


def reads_json(tree: ast.Module) -> bool:
    """Return whether the code parses JSON with Python's `json`."""
    readers = {"load", "loads", "JSONDecoder"}
    modules = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] == "json"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "json":
            if readers & {alias.name for alias in node.names}:
                return True
        elif isinstance(node, ast.Attribute) and node.attr in readers and ast.unparse(node.value) in modules:
            return True
    return False


def test_json_of_users_is_read_as_strict_json() -> None:
    """Outdated entries, of files that no longer read JSON, also fail."""
    found = {name for name, tree in sources("standin") if reads_json(tree)}
    assert found == {JSON_READER, *OTHER_JSON_READERS}


@pytest.mark.parametrize(
    "code",
    [
        "import json\njson.loads(text)",
        "import json\nread = json.load",
        "import json as j\nj.JSONDecoder().raw_decode(text)",
        "from json import loads",
        "from json.decoder import JSONDecoder as Decoder",
        "import json.decoder\njson.decoder.JSONDecoder()",
    ],
)
def test_the_search_for_readers_of_json_finds_one(code: str) -> None:
    assert reads_json(ast.parse(code))
    assert not reads_json(ast.parse("import json\njson.dumps(value)\nmodels.load(name)"))
