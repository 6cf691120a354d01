"""JSONata for moto: an evaluator, with the functions and the errors of Step Functions."""

import copy
import datetime
import hashlib
import json
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

from jsonata import Jsonata
from jsonata.jexception import JException
from jsonata.utils import Utils
from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.assign.assign_decl import AssignDecl
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringJSONata
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.variable_store import VariableStore

_PARSING = Lock()


class QueryEvaluationError(Exception):
    """A JSONata expression failed or returned nothing: `States.QueryEvaluationError` in the state machine."""


def evaluate(expression: str, variables: dict[str, Any]) -> Any:
    """Return the value of `expression` (without `{% %}`) in plain JSON types.

    `variables` maps names without `$` to JSON values. They are bound, never pasted into the expression, so text in
    them is never run as code.

    Raises:
        QueryEvaluationError: the expression is invalid, fails, or returns nothing or a value that is not JSON.
    """
    try:
        # A copy for each evaluation: the parsed tree is only read, but the object around it holds the current scope.
        query = copy.copy(_parse_expression(expression))
        query.environment = _scope_of_aws_functions()
        Jsonata.CURRENT.jsonata = query
        query.set_output_convert_nulls(False)
        result = query.evaluate(None, {name: _to_jsonata(value) for name, value in variables.items()})
    except Exception as fault:
        raise QueryEvaluationError(f"The JSONata expression '{expression}' failed: {fault}") from fault
    if result is None:
        raise QueryEvaluationError(f"The JSONata expression '{expression}' returned nothing (undefined).")
    try:
        return _from_jsonata(result)
    except TypeError:
        raise QueryEvaluationError(
            f"The JSONata expression '{expression}' returned an unsupported result type."
        ) from None


@lru_cache(maxsize=2048)
def _parse_expression(expression: str) -> Jsonata:
    with _PARSING:
        return Jsonata(expression)


def _to_jsonata(value: Any) -> Any:
    """Copy a JSON value for jsonata-python, where None means undefined and null is an object of its own."""
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, dict):
        return {key: _to_jsonata(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_to_jsonata(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def _from_jsonata(value: Any) -> Any:
    """Copy a result of jsonata-python as plain JSON. Raises TypeError for a function."""
    if value is Utils.NULL_VALUE or value is None:
        return None
    if isinstance(value, dict):
        return {key: _from_jsonata(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_from_jsonata(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        # JSONata's numbers are JavaScript's, which writes 2.0 as 2.
        return int(value)
    if isinstance(value, str | bool | int | float):
        return value
    raise TypeError(type(value).__name__)


@lru_cache(maxsize=1)
def _scope_of_aws_functions() -> Jsonata.Frame:
    scope = Jsonata.Frame(Jsonata.static_frame)
    for name, function in {
        "partition": _partition,
        "range": _range,
        "hash": _hash,
        "random": _random,
        "uuid": lambda: str(uuid.uuid4()),
        "parse": _parse,
        "eval": _eval,
    }.items():
        scope.bind(name, Jsonata.JLambda(function))
    return scope


def _partition(array: list[Any] | None = None, size: int = 1) -> list[Any] | None:
    if array is None:
        return None
    if not isinstance(size, int) or size < 1:
        raise JException("$partition: the size must be a positive integer", -1)
    return [array[start : start + size] for start in range(0, len(array), size)]


def _range(first: int, last: int, step: int = 1) -> list[int]:
    if step == 0:
        raise JException("$range: the step must not be 0", -1)
    return list(range(first, last + (1 if step > 0 else -1), step))


_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _hash(content: Any = None, algorithm: str = "SHA-1") -> str | None:
    if content is None:
        return None
    if algorithm not in _HASHES:
        raise JException(f"$hash: the algorithm must be one of {', '.join(_HASHES)}", -1)
    text = content if isinstance(content, str) else json.dumps(_from_jsonata(content), separators=(",", ":"))
    return hashlib.new(_HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()


def _random(seed: float | None = None) -> float:
    return random.random() if seed is None else random.Random(seed).random()


def _parse(text: str | None = None) -> Any:
    return None if text is None else _to_jsonata(json.loads(text))


def _eval(*_: Any) -> Any:
    # AWS: Step Functions does not support $eval.
    raise JException("$eval is not supported in Step Functions: use $parse to read JSON", -1)


@contextmanager
def patch_jsonata() -> Iterator[None]:
    """Inside the block, make moto's interpreter evaluate JSONata as Step Functions does."""
    with (
        # moto: parses JSONata but has no evaluator (getmoto/moto #10105), and pastes the variables into the text of
        # the expression, unescaped.
        patch.object(StringJSONata, "_eval_body", _eval_string_jsonata),
        # moto: lets `Output` see what `Assign` of the same state has just set. In AWS both see the variables as they
        # were when the state was entered.
        patch.object(AssignDecl, "_eval_body", _eval_assign),
        patch.object(CommonStateField, "_get_state_exited_event_details", _assign_on_exit(_STATE_EXITED)),
    ):
        yield


_STATE_EXITED = CommonStateField._get_state_exited_event_details


def _eval_string_jsonata(component: StringJSONata, env: Environment) -> None:
    states = dict(env.states._states_data)
    for name in ("result", "errorOutput"):
        # moto: holds null where AWS has nothing ($exists would be true).
        if states.get(name) is None:
            states.pop(name, None)
    store = env.variable_store
    try:
        value = evaluate(component.expression, {**store._outer_scope, **store._inner_scope, "states": states})
    except QueryEvaluationError as fault:
        raise _failure(env, str(fault)) from fault
    env.stack.append(value)


def _failure(env: Environment, cause: str) -> FailureEventException:
    # moto: reports any fault of an expression as States.Runtime. In AWS it has this name, and a catcher can name it.
    error_name = StatesErrorName(typ=StatesErrorNameType.StatesQueryEvaluationError)
    details: Any = {"evaluationFailedEventDetails": {"cause": cause, "error": error_name.error_name}}
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=error_name,
            event_type=HistoryEventType.EvaluationFailed,
            event_details=details,
        )
    )


def _eval_assign(component: AssignDecl, env: Environment) -> None:
    assigned: dict[str, Any] = {}
    for binding in component.declaration_bindings:
        binding.eval(env=env)
        assigned.update(env.stack.pop())
    _assigned_by_this_state[env.variable_store] = assigned


_assigned_by_this_state: WeakKeyDictionary[VariableStore, dict[str, Any]] = WeakKeyDictionary()


def _assign_on_exit(original: Any) -> Any:
    def get_state_exited_event_details(state: CommonStateField, env: Environment) -> Any:
        for name, value in _assigned_by_this_state.pop(env.variable_store, {}).items():
            env.variable_store.set(variable_identifier=name, variable_value=value)
        return original(state, env)

    return get_state_exited_event_details
