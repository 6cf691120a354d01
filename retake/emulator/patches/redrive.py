"""RedriveExecution for moto: an execution that did not succeed continues at the state that did not end."""

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.flow.start_at import StartAt
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.responses import StepFunctionResponse

from retake.emulator.patches.stepfunctions import notify

# AWS: an execution can be redriven for 14 days after its end, while its history has fewer than 24,999 events.
_PERIOD, _MAX_EVENTS = timedelta(days=14), 24_999
# AWS: a second call with one of the last 10 tokens changes nothing.
_TOKENS = 10


class ExecutionNotRedrivable(AWSError):  # noqa: N818 - AWS's name
    """AWS's error."""

    TYPE = "ExecutionNotRedrivable"
    STATUS = 400


@dataclass
class Redrives:
    """The redrives of one execution."""

    count: int = 0
    date: datetime | None = None
    tokens: dict[str, datetime] = field(default_factory=dict)
    """The date of each token's redrive."""


@dataclass(frozen=True)
class _Point:
    """The beginning of a state: where an execution continues."""

    state: str
    input: Any
    variables: dict[str, Any]


_redrives: WeakKeyDictionary[Any, Redrives] = WeakKeyDictionary()
_points: WeakKeyDictionary[Any, _Point] = WeakKeyDictionary()


@contextmanager
def patch_redrive(on_start: Callable[[str], None], on_end: Callable[[str], None]) -> Iterator[None]:
    """Inside the block, answer RedriveExecution. `on_start` and `on_end` are called as in `patch_stepfunctions`."""

    def redrive_execution(response: StepFunctionResponse) -> ActionResult:
        arn, token = response._get_param("executionArn"), response._get_param("clientToken")
        execution: Any = response.stepfunction_backend.describe_execution(arn)
        redrives = redrives_of(execution)
        if token not in redrives.tokens:
            if reason := not_redrivable(execution):
                raise ExecutionNotRedrivable(reason)
            redrives.count, redrives.date = redrives.count + 1, datetime.now(UTC)
            redrives.tokens[token] = redrives.date
            for old in list(redrives.tokens)[:-_TOKENS]:
                del redrives.tokens[old]
            _redrive(execution, redrives, on_start, on_end)
        return ActionResult({"redriveDate": redrives.tokens[token]})

    with (
        # moto: has no RedriveExecution.
        patch.object(StepFunctionResponse, "redrive_execution", redrive_execution, create=True),
        # moto: forgets the input and the variables with which a state was entered.
        patch.object(CommonStateField, "_eval_body", _remember_point(CommonStateField._eval_body)),
    ):
        yield


def redrives_of(execution: Any) -> Redrives:
    """Return the redrives of an execution so far."""
    return _redrives.setdefault(execution, Redrives())


def not_redrivable(execution: Any) -> str | None:
    """Return the reason why the execution cannot be redriven now, in AWS's words, or None."""
    if execution.exec_status in (ExecutionStatus.RUNNING, ExecutionStatus.SUCCEEDED):
        return f"Execution is {execution.status} and cannot be redriven."
    events = _events(execution)
    if len(events) >= _MAX_EVENTS:
        return "Execution history event limit exceeded."
    if execution.stop_date and datetime.now(UTC) - execution.stop_date > _PERIOD:
        return "Execution redrivable period exceeded."
    # moto: a timed out execution still runs its last call, and adds that call's events to the history.
    return None if events[-1]["type"].startswith("Execution") else "The last call of the execution has not ended."


def _events(execution: Any) -> list[dict[str, Any]]:
    # Not `to_history_output`, which copies the whole history.
    events: list[dict[str, Any]] = execution.exec_worker.env.event_manager._history_event_list
    return events


def _redrive(
    execution: Any, redrives: Redrives, on_start: Callable[[str], None], on_end: Callable[[str], None]
) -> None:
    worker = execution.exec_worker
    before, point = worker.env, _points[worker.env]
    # A new environment: a call of the old one that still runs finds that its own execution has ended.
    env: Any = worker._get_evaluation_environment()
    env.event_manager, env.map_run_record_pool_manager = before.event_manager, before.map_run_record_pool_manager
    env.states.reset(point.input)
    env.variable_store._inner_scope.update(point.variables)
    env.states.context_object.context_object_data["Execution"] |= {
        "RedriveCount": redrives.count,
        "RedriveTime": redrives.date,
    }
    env.event_history_context = EventHistoryContext(_events(execution)[-1]["id"])
    env.event_manager.add_event(
        context=env.event_history_context,
        event_type=HistoryEventType.ExecutionRedriven,
        event_details={"executionRedrivenEventDetails": {"redriveCount": redrives.count}},
    )
    _points[env] = point
    execution.exec_status, execution.stop_date = ExecutionStatus.RUNNING, None
    execution.error = execution.cause = None
    program = copy.copy(worker._get_evaluation_entrypoint())
    program.start_at = StartAt(point.state)

    def run(worker: Any) -> None:
        program.eval(env)
        worker._execution_communication.terminated()

    worker.env = env
    threading.Thread(target=notify(run, on_start, on_end), args=(worker,), daemon=True).start()


def _remember_point(original: Any) -> Any:
    def eval_body(state: CommonStateField, env: Any) -> None:
        if env.is_frame():
            # A state inside a map or a parallel state: the whole map or parallel state is entered again.
            original(state, env)
            return
        _points[env] = _point(state.name, env)
        original(state, env)
        if next_state := env.next_state_name:
            _points[env] = _point(next_state, env)

    return eval_body


def _point(state: str, env: Any) -> _Point:
    return _Point(state, env.states.get_input(), dict(env.variable_store._inner_scope))
