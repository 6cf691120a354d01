"""The data between the machines and the functions: the definitions match the typed events and answers."""

import importlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import NoneType
from typing import Any, get_args, get_type_hints, is_typeddict

import pytest

from lambdas.core.batch.row import MAP_COLUMNS
from lambdas.core.batch.state import BatchState, MapRun
from lambdas.core.run.state import ACCEPTED_BEFORE, RunState
from lambdas.core.runtime.functions import FUNCTIONS
from statemachine import FOLDER

READ_ELSEWHERE = {
    "generate": {"images": "the log"},
    "validate": {"score": "the log", "candidate": "the log", "failed": "the log", "uncertain": "the log"},
    "conclude": {"status": "the log"},
}
"""The fields of answers that no machine reads, with the reader of each."""

MACHINES = {name: json.loads((FOLDER / f"{name}.asl.json").read_text(encoding="utf-8")) for name in ("loop", "batch")}
MAP_STATES = MACHINES["batch"]["States"]["Run items"]["ItemProcessor"]["States"]
STATES: dict[str, dict[str, dict[str, Any]]] = {name: machine["States"] for name, machine in MACHINES.items()}
functions = pytest.mark.parametrize("function", FUNCTIONS)

RESULT = re.compile(r"\$states\.result\.Payload\.(\w+)")
INPUT = re.compile(r"\$states\.input\.(\w+)")


def contract(function: str, kind: str) -> dict[str, Any]:
    """Return the fields of a function's event or answer, with their types."""
    module = importlib.import_module(f"lambdas.{function}.contract")
    name = "".join(part.capitalize() for part in function.split("_")) + kind
    return names_of(getattr(module, name))


def names_of(shape: Any) -> dict[str, Any]:
    """Return the fields of a TypedDict, also of an optional one."""
    [only] = [one for one in get_args(shape) or (shape,) if one is not NoneType]
    assert is_typeddict(only), shape
    return get_type_hints(only)


def state_of(function: str) -> dict[str, Any]:
    row = FUNCTIONS[function]
    return STATES[row.machine][row.state]


def object_fields(value: Any) -> set[str] | None:
    """Return the field names of an object that the machine writes in JSON or JSONata; None for other values."""
    if isinstance(value, dict):
        return set(value)
    if isinstance(value, str) and (found := re.search(r"\{('.*)\}", value.removeprefix("{%").removesuffix("%}"))):
        return set(re.findall(r"'(\w+)':", found[1]))
    return None


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str) and value.startswith("{%"):
        yield value


def read_by(pattern: re.Pattern[str], state: dict[str, Any]) -> set[str]:
    own = {name: value for name, value in state.items() if name not in ("ItemProcessor", "Branches", "Catch")}
    return {name for text in texts(own) for name in pattern.findall(text)}


def receivers(function: str) -> Iterator[str]:
    """Yield the states whose input is the function's answer: the next one, and those that a Choice passes it to."""
    states, waiting, seen = STATES[FUNCTIONS[function].machine], [state_of(function)["Next"]], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        if states[name]["Type"] == "Choice":
            waiting += [rule["Next"] for rule in states[name]["Choices"]] + [states[name]["Default"]]


@functions
def test_the_payload_of_a_state_has_the_fields_of_the_event_and_of_its_objects(function: str) -> None:
    payload, event = state_of(function)["Arguments"]["Payload"], contract(function, "Event")
    assert payload.keys() == event.keys()
    for name, value in payload.items():
        if (inner := object_fields(value)) is not None:
            assert inner == set(names_of(event[name])), f"{function}: {name}"
    assert {name for name, value in payload.items() if object_fields(value)} >= {"execution", "fault"} & payload.keys()


@functions
def test_the_machine_reads_exactly_the_fields_of_the_answer_except_those_read_elsewhere(function: str) -> None:
    state, answer = state_of(function), contract(function, "Answer")
    assert state["Output"] == "{% $states.result.Payload %}"
    states = STATES[FUNCTIONS[function].machine]
    read = read_by(RESULT, state).union(*(read_by(INPUT, states[name]) for name in receivers(function)))
    # Prepare's event is the input of the execution, which is not an answer.
    assert read <= answer.keys()
    assert answer.keys() - read == READ_ELSEWHERE.get(function, {}).keys()


def test_every_state_that_reads_its_input_gets_an_answer() -> None:
    for machine, states in STATES.items():
        answered = {name for row in FUNCTIONS.values() if row.machine == machine for name in receivers(row.name)}
        readers = {name for name, state in states.items() if read_by(INPUT, state)}
        assert readers <= answered


@pytest.mark.parametrize(
    ("variable", "names"),
    [
        ("run", {field.name for field in fields(RunState)}),
        ("batch", set(get_type_hints(BatchState))),
        ("map_run", set(get_type_hints(MapRun))),
    ],
)
def test_the_machine_reads_only_existing_fields_of_variables(variable: str, names: set[str]) -> None:
    read = {
        name
        for states in (*STATES.values(), MAP_STATES)
        for state in states.values()
        for text in texts(state)
        for name in re.findall(rf"\${variable}\.(\w+)", text)
    }
    assert read <= names
    assert read or variable == "map_run"


def test_a_variable_that_the_machine_creates_has_the_fields_of_its_type() -> None:
    unprepared = contract("conclude", "Event")["unprepared"]
    for rule in STATES["loop"]["Prepare"]["Catch"]:
        assert object_fields(rule["Assign"]["unprepared"]) == set(names_of(unprepared))
    batch = STATES["batch"]
    names = set(get_type_hints(MapRun))
    assert object_fields(batch["Plan batch"]["Assign"]["map_run"]) == names
    # One object for AWS, which has a ResultWriter, and one for moto, which has none.
    both = re.findall(r"\{('[^}]*)\}", batch["Run items"]["Assign"]["map_run"].removeprefix("{%").removesuffix("%}"))
    assert [set(re.findall(r"'(\w+)':", one)) for one in both] == [names, names]
    assert set(MAP_STATES["Item failed"]["Output"]) == {*MAP_COLUMNS, "no_result"}


def test_every_variable_of_a_run_is_set_whether_prepare_answers_or_fails() -> None:
    prepare = STATES["loop"]["Prepare"]
    concluded = {name for text in texts(state_of("conclude")["Arguments"]) for name in re.findall(r"\$(\w+)", text)}
    needed = concluded - {"states", "exists", "substring"}
    assert needed == {"run", "unprepared", "estimate", "ending", "fault"}
    for assigned in (prepare["Assign"], *(rule["Assign"] for rule in prepare["Catch"])):
        assert needed <= assigned.keys()
    for rule in prepare["Catch"]:
        assert (rule["Assign"]["run"], rule["Assign"]["estimate"]) == (None, None)
    assert (prepare["Assign"]["unprepared"], prepare["Assign"]["fault"]) == (None, None)


def test_only_prepare_can_end_an_item_as_accepted_before() -> None:
    # No state sets this ending. Prepare returns it, and Conclude reads it.
    assert ACCEPTED_BEFORE not in json.dumps(MACHINES)
