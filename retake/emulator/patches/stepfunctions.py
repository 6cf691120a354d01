"""Step Functions for moto: sizes in bytes, names of executions, stops during waits, notifications, and speed."""

import functools
import json
import threading
import time
import types
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from moto.stepfunctions.exceptions import InvalidExecutionInput
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state import state as state_module
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval import resource_eval_s3 as reader
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.iteration_worker import IterationWorker
from moto.stepfunctions.parser.asl.component.state.exec.state_map.result_writer.resource_eval import (
    resource_eval_s3 as writer,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service
from moto.stepfunctions.parser.asl.component.state.fail import state_fail
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

# AWS: 256 KiB of UTF-8 for a state's input or output.
STATE_SIZE_BYTES = 256 * 1024

# A wait checks this often whether the execution was stopped.
_STOP_CHECK_S = 0.1


@contextmanager
def patch_stepfunctions(
    on_start: Callable[[str], None], on_end: Callable[[str], None], wait_scale: float = 1.0
) -> Iterator[None]:
    """Inside the block, make moto's interpreter behave as Step Functions does.

    `on_start` and `on_end` are called with the ARN of each execution, in its own thread, when it starts and when it has
    ended, also after a fault. `wait_scale` multiplies the waits between retries (a test sets 0).
    """
    client_for, parse = _cache_clients(), _cache_definitions()
    with ExitStack() as patches:
        for module in (lambda_eval_utils, reader, writer):
            # moto: makes a boto3 client for every call of every task (20 ms each).
            patches.enter_context(patch.object(module, "boto_client_for", client_for))
        for module in (state_module, state_task_service):
            # moto: counts the characters of escaped ASCII, so 45,000 Japanese letters are too many.
            patches.enter_context(patch.object(module, "is_within_size_quota", _is_within_size_quota))
        # moto: refuses `Error` names that begin with "States.", so a Fail state could not pass States.Timeout on.
        patches.enter_context(patch.object(state_fail, "CustomErrorName", _AnyErrorName))
        # moto: parses the definition when the machine is created, and again for every execution.
        patches.enter_context(patch.object(AmazonStateLanguageParser, "parse", staticmethod(parse)))
        # moto: does not notice StopExecution while a retrier waits.
        patches.enter_context(
            patch.object(retrier_decl.RetrierDecl, "_eval_body", _keep_environment(retrier_decl.RetrierDecl._eval_body))
        )
        patches.enter_context(patch.object(retrier_decl, "time", types.SimpleNamespace(sleep=_make_sleep(wait_scale))))
        # moto: a Wait counts whole seconds.
        patches.enter_context(patch.object(WaitFunction, "_wait_interval", _make_wait(wait_scale)))
        # moto: does not notify anyone when an execution ends, and polling would slow it down.
        patches.enter_context(
            patch.object(
                ExecutionWorker, "_execution_logic", notify(ExecutionWorker._execution_logic, on_start, on_end)
            )
        )
        # moto: gives no name to an execution that is started without one, so two of them collide.
        patches.enter_context(
            patch.object(
                StepFunctionsParserBackend, "start_execution", _check_start(StepFunctionsParserBackend.start_execution)
            )
        )
        # moto: a map's worker calls itself for each next item, and exceeds Python's recursion limit at about 1,000 items.
        patches.enter_context(patch.object(IterationWorker, "_eval_pool", _eval_pool_in_a_loop))
        yield


def _eval_pool_in_a_loop(worker: Any, job: Any, worker_frame: Any) -> None:
    # The same steps as IterationWorker._eval_pool. A failed item does not end the worker.
    while job is not None and not worker.stopped():
        job_frame = worker_frame.open_inner_frame()
        worker._eval_job(env=job_frame, job=job)
        worker_frame.close_frame(job_frame)
        next_job = worker._job_pool.next_job() if not worker.stopped() else None
        if next_job is None:
            worker_frame.event_history_context.source_event_id = job_frame.event_history_context.last_published_event_id
            worker._env.close_frame(worker_frame)
            worker._job_pool.close_job(job)
            return
        worker._job_pool.close_job(job)
        job = next_job
    worker._env.close_frame(worker_frame)


class _AnyErrorName(ErrorName):
    """An error name that may begin with "States."."""


def _cache_clients() -> Callable[..., Any]:
    lock = threading.Lock()

    @functools.cache
    def make(region: str, service: str) -> Any:
        return boto_client_for(region=region, service=service)

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        with lock:
            return make(region, service)

    return client_for


def _cache_definitions() -> Callable[[str], Any]:
    lock = threading.Lock()
    cached = functools.lru_cache(maxsize=64)(AmazonStateLanguageParser.parse)

    def parse(definition: str) -> Any:
        with lock:
            return cached(definition)

    return parse


def _is_within_size_quota(value: Any) -> bool:
    text = (
        value if isinstance(value, str) else json.dumps(value, default=str, separators=(",", ":"), ensure_ascii=False)
    )
    return len(text.encode("utf-8", "surrogatepass")) <= STATE_SIZE_BYTES


_waiting = threading.local()


def _keep_environment(original: Callable[..., None]) -> Callable[..., None]:
    """Let `sleep`, which gets only a duration, find the environment of the execution that waits in this thread."""

    def eval_body(retrier: Any, env: Any) -> None:
        _waiting.env = env
        original(retrier, env)

    return eval_body


def _make_sleep(scale: float) -> Callable[[float], None]:
    def sleep(duration_s: float) -> None:
        end_s = time.monotonic() + duration_s * scale
        while (left_s := end_s - time.monotonic()) > 0 and _waiting.env.is_running():
            time.sleep(min(left_s, _STOP_CHECK_S))

    return sleep


def _make_wait(scale: float) -> Callable[[Any, Any, float], None]:
    def wait_interval(_state: Any, env: Any, wait_seconds: float) -> None:
        end_s = time.monotonic() + max(wait_seconds * scale, _STOP_CHECK_S)
        while (left_s := end_s - time.monotonic()) > 0 and env.is_running():
            time.sleep(min(left_s, _STOP_CHECK_S))

    return wait_interval


def notify(
    original: Callable[..., None], on_start: Callable[[str], None], on_end: Callable[[str], None]
) -> Callable[..., None]:
    """Wrap the function that runs an execution, so that `on_start` and `on_end` are called with the execution's ARN."""

    def execution_logic(worker: Any) -> None:
        arn = worker._evaluation_details.execution_details.arn
        try:
            on_start(arn)
            original(worker)
        finally:
            on_end(arn)

    return execution_logic


def _check_start(original: Callable[..., Any]) -> Callable[..., Any]:
    def start_execution(
        backend: Any, state_machine_arn: str, name: str | None = None, execution_input: str = "{}", **more: Any
    ) -> Any:
        name = name or str(uuid.uuid4())
        # moto: unlike its other backend, its interpreter checks neither the name nor the input.
        backend._validate_name(name)
        try:
            json.loads(execution_input)
            if not _is_within_size_quota(execution_input):
                raise ValueError(f"it has more than {STATE_SIZE_BYTES:,} bytes")
        except ValueError as fault:
            raise InvalidExecutionInput(f"Invalid State Machine Execution Input: '{fault}'") from None
        return original(backend, state_machine_arn, name, execution_input, **more)

    return start_execution
