"""DescribeExecution, ListExecutions and StopExecution for moto: the error and cause of a stop, and redrives."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from moto.core.responses import ActionResult
from moto.stepfunctions.exceptions import ValidationException
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.responses import StepFunctionResponse

from retake.emulator.patches.redrive import not_redrivable, redrives_of

# AWS: the lengths of StopExecution's `error` and `cause`.
_MAX_CHARS = {"error": 256, "cause": 32_768}
_POLL_S = 0.01


@contextmanager
def patch_executions() -> Iterator[None]:
    """Inside the block, describe, list and stop executions as Step Functions does."""
    with (
        # moto: describes no redrives, and no end of an execution that timed out.
        patch.object(StepFunctionResponse, "describe_execution", _describe(StepFunctionResponse.describe_execution)),
        patch.object(StepFunctionResponse, "list_executions", _list(StepFunctionResponse.list_executions)),
        # moto: drops the error and the cause, returns no date, and fails before the execution's thread has begun.
        patch.object(StepFunctionResponse, "stop_execution", _stop_execution),
        patch.object(
            BaseExecutionWorkerCommunication, "terminated", _keep_cause(BaseExecutionWorkerCommunication.terminated)
        ),
    ):
        yield


def _describe(original: Any) -> Any:
    def describe_execution(response: StepFunctionResponse) -> ActionResult:
        described: Any = original(response).result
        execution = response.stepfunction_backend.describe_execution(described["executionArn"])
        reason = not_redrivable(execution)
        status = {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason} if reason else {}
        return ActionResult({**described, **_dates(execution), "redriveStatus": "REDRIVABLE", **status})

    return describe_execution


def _list(original: Any) -> Any:
    def list_executions(response: StepFunctionResponse) -> ActionResult:
        page: Any = original(response).result
        for item in page["executions"]:
            item |= _dates(response.stepfunction_backend.describe_execution(item["executionArn"]))
        return ActionResult(page)

    return list_executions


def _dates(execution: Any) -> dict[str, Any]:
    redrives = redrives_of(execution)
    dates = {"stopDate": execution.stop_date, "redriveDate": redrives.date}
    return {"redriveCount": redrives.count, **{name: date for name, date in dates.items() if date}}


def _stop_execution(response: StepFunctionResponse) -> ActionResult:
    given = {name: response._get_param(name) for name in _MAX_CHARS}
    for name, limit in _MAX_CHARS.items():
        if len(given[name] or "") > limit:
            raise ValidationException(
                f"1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must have length less "
                f"than or equal to {limit}"
            )
    execution: Any = response.stepfunction_backend.describe_execution(response._get_param("executionArn"))
    now = datetime.now(UTC)
    if execution.exec_status is ExecutionStatus.RUNNING:
        while execution.exec_status is ExecutionStatus.RUNNING and not _has_begun(execution):
            time.sleep(_POLL_S)
        execution.stop(stop_date=now, error=given["error"], cause=given["cause"])
    # AWS: an execution that has ended stays as it is, and the answer has the date of its end.
    return ActionResult({"stopDate": execution.stop_date or now})


def _has_begun(execution: Any) -> bool:
    env = execution.exec_worker.env
    return env is not None and env.program_state() is not None


def _keep_cause(original: Any) -> Any:
    def terminated(communication: Any) -> None:
        ended = communication.execution.exec_worker.env.program_state()
        if isinstance(ended, ProgramStopped):
            communication.execution.error, communication.execution.cause = ended.error, ended.cause
        original(communication)

    return terminated
