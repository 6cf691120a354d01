"""AWS in this process: the shipped state machines and handlers on moto, with the bucket as a folder."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import boto3
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID

from lambdas.core.runtime import clients as core_clients
from lambdas.core.runtime.functions import FUNCTIONS, TIMEOUTS_S
from lambdas.core.runtime.settings import Settings
from retake.emulator.batch_table import TABLE, create_batch_table
from retake.emulator.environment import CREDENTIAL_SERVICES, REGION, local_environment
from retake.emulator.folder import Folder
from retake.emulator.logs import redirect_logs
from retake.emulator.patches.definition import remove_unsupported_fields
from retake.emulator.patches.dynamodb import patch_dynamodb
from retake.emulator.patches.executions import patch_executions
from retake.emulator.patches.history import patch_history
from retake.emulator.patches.jsonata import patch_jsonata
from retake.emulator.patches.lambda_api import Handler, patch_lambda, shipped_handler
from retake.emulator.patches.redrive import patch_redrive
from retake.emulator.patches.s3 import patch_s3
from retake.emulator.patches.shortcuts import patch_clients
from retake.emulator.patches.stepfunctions import STATE_SIZE_BYTES, patch_stepfunctions
from retake.emulator.restore import restore_batch, restore_run
from retake.view.outcome import Outcome
from statemachine import FOLDER, placeholders, read

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

KEY_PREFIX = "generated-images"
_POLL_S = 0.2
_ROLE_ARN = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/local"

_one_at_a_time = threading.Lock()
# The patches of clouds whose functions outlasted `exit_grace_s`. Held here so that they are never undone.
_abandoned: list[ExitStack] = []


class InvalidEventError(ValueError):
    """Step Functions would refuse this event as an execution's input. The message is for the user."""


@dataclass(frozen=True)
class Clients:
    """boto3 clients of the local services."""

    s3: "S3Client"
    stepfunctions: "SFNClient"


class LocalCloud:
    """AWS on moto, running inside a `with` block. A process can have only one at a time.

    with LocalCloud(Path("out"), bedrock_url=stand_in.url) as cloud:
        execution = cloud.start("loop", "run-1", {"prompt": "a red circle"})
        print(cloud.wait(execution).output)

    folder: mirrors the bucket: every object is a file as soon as it is put, at its key without the hidden prefix.
    bedrock_url: Bedrock's endpoint; None for Bedrock in AWS, with the credentials and endpoint that boto3 resolves.
        In both cases, only requests to Bedrock can leave the process.
    settings_environment: the functions' environment, `Settings.to_environment()` (default: the default settings).
    on_object: called with (path inside the folder, bytes) after an object is written, in the thread that wrote it.
    on_start, on_end: called with the ARN of an execution when it starts and when it has ended, in its own thread.
    hidden_prefix: the key prefix that is left out of the folder's paths; "" to keep whole keys as paths.
    log_path: the file to which the functions' log lines are appended (default: `folder`/log.jsonl).
    wait_scale: multiplies the waits between retries (a test sets 0).
    exit_grace_s: how long the end of the block waits for functions that still run. After that the patches stay in
        place until the process ends, because those functions would otherwise call the real AWS.
    shortcuts: answer the functions' most frequent requests to S3 and DynamoDB without HTTP, for speed. If False, each
        is signed, serialised and parsed as if it went to AWS.
    handler_of, timeouts_s, machines: the functions by name, their timeouts in seconds, the folder of the definitions.
    """

    def __init__(
        self,
        folder: Path,
        *,
        bedrock_url: str | None,
        settings_environment: Mapping[str, str] | None = None,
        on_object: Callable[[str, bytes], None] | None = None,
        on_start: Callable[[str], None] = lambda execution: None,
        on_end: Callable[[str], None] = lambda execution: None,
        hidden_prefix: str = KEY_PREFIX,
        log_path: Path | None = None,
        wait_scale: float = 1.0,
        exit_grace_s: float = 10.0,
        shortcuts: bool = True,
        handler_of: Callable[[str], Handler] = shipped_handler,
        timeouts_s: Mapping[str, int] = TIMEOUTS_S,
        machines: Path = FOLDER,
    ) -> None:
        self.folder = Folder(folder, on_object)
        self.folder.hide_prefix(hidden_prefix)
        self._on_start, self._on_end = on_start, on_end
        self._bedrock_url = bedrock_url
        self._environment = dict(settings_environment or Settings(bucket="retake-local").to_environment())
        self._environment["RETAKE_BATCH_TABLE"] = TABLE
        self._environment["RETAKE_LOCAL_PREFIX"] = hidden_prefix
        self._environment["RETAKE_LOCAL_FOLDER"] = f"{self.folder.root}/"
        self._settings = Settings.from_environment(self._environment)
        self._log_path = log_path or folder / "log.jsonl"
        self._wait_scale = wait_scale
        self._exit_grace_s = exit_grace_s
        self._shortcuts = shortcuts
        self._handler_of = handler_of
        self._timeouts_s = timeouts_s
        self._machines = machines
        self._machine_arns: dict[str, str] = {}
        self._ended: dict[str, threading.Event] = {}
        self._stopped: set[str] = set()

    def __enter__(self) -> Self:
        """Start moto and apply every patch. Takes about a second.

        Raises:
            NoCredentialsError: `bedrock_url` is None, and boto3 finds no credentials.
        """
        if not _one_at_a_time.acquire(blocking=False):
            raise RuntimeError("another LocalCloud is running in this process")
        with ExitStack() as parts:
            parts.callback(_one_at_a_time.release)
            # Clients remember credentials and endpoints, so drop the functions' cached ones now and at the end.
            parts.callback(core_clients.clear)
            parts.enter_context(local_environment(self._bedrock_url, self._environment))
            parts.enter_context(mock_aws(config=_moto_config(bedrock_in_aws=self._bedrock_url is None)))
            redirect_new_loggers = parts.enter_context(redirect_logs(self._log_path))
            parts.enter_context(patch_dynamodb())
            if self._shortcuts:
                parts.enter_context(patch_clients())
            parts.enter_context(patch_jsonata())
            parts.enter_context(patch_stepfunctions(self._mark_started, self._mark_ended, self._wait_scale))
            parts.enter_context(patch_redrive(self._mark_started, self._mark_ended))
            parts.enter_context(patch_executions())
            parts.enter_context(patch_history())

            def handler_of(name: str) -> Handler:
                handler = self._handler_of(name)
                # The import of a handler may have made a logger.
                redirect_new_loggers()
                return handler

            self._invocations = parts.enter_context(patch_lambda(self._timeouts_s, handler_of))
            core_clients.clear()
            self.clients = Clients(boto3.client("s3"), boto3.client("stepfunctions"))
            for bucket in (self._settings.bucket, *self._settings.extra_output_buckets):
                self.clients.s3.create_bucket(Bucket=bucket)
                parts.enter_context(patch_s3(self.folder, bucket))
            for bucket in self._settings.extra_input_buckets:
                # The folder does not mirror sources: each run has its copies.
                self.clients.s3.create_bucket(Bucket=bucket)
            self._parts = parts.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        all_ended = False
        try:
            all_ended = self._stop_all()
        finally:
            if all_ended:
                self._parts.close()
            else:
                # Functions that still run would call the real AWS without the patches.
                _abandoned.append(self._parts)

    def create_machine(self, machine: str) -> str:
        """Return the ARN of a state machine ("loop", "batch"), and create it on the first call."""
        if machine not in self._machine_arns:
            if machine == "batch":
                create_batch_table()
            arns = {
                FUNCTIONS[name].placeholder: f"arn:aws:lambda:{REGION}:{DEFAULT_ACCOUNT_ID}:function:{name}"
                for name in self._timeouts_s
            }
            used = placeholders(machine, folder=self._machines)
            definition = read(machine, {name: arn for name, arn in arns.items() if name in used}, folder=self._machines)
            definition = remove_unsupported_fields(definition)
            created = self.clients.stepfunctions.create_state_machine(
                name=machine, definition=definition, roleArn=_ROLE_ARN
            )
            self._machine_arns[machine] = created["stateMachineArn"]
        return self._machine_arns[machine]

    def start(self, machine: str, name: str, event: Any) -> str:
        """Start an execution called `name`, and return its ARN.

        Raises:
            InvalidEventError: the event is not JSON, or exceeds 256 KiB, the limit of an execution's input.
            botocore.exceptions.ClientError: as StartExecution, e.g. `ExecutionAlreadyExists`.
        """
        try:
            body = json.dumps(event, ensure_ascii=False, allow_nan=False)
            size_bytes = len(body.encode())
        except (TypeError, ValueError) as fault:
            raise InvalidEventError(f"the event is not JSON: {fault}") from None
        if size_bytes > STATE_SIZE_BYTES:
            raise InvalidEventError(f"the event has {size_bytes:,} bytes; an execution takes {STATE_SIZE_BYTES:,}")
        if isinstance(event, dict) and isinstance(prefix := event.get("output_s3_key_prefix"), str):
            self.folder.hide_prefix(prefix)
        machine_arn = self.create_machine(machine)
        execution = machine_arn.replace(":stateMachine:", ":execution:") + f":{name}"
        self._ended.setdefault(execution, threading.Event())
        started = self.clients.stepfunctions.start_execution(stateMachineArn=machine_arn, name=name, input=body)
        return started["executionArn"]

    def wait(self, execution: str, timeout_s: float | None = None) -> Outcome:
        """Wait until the execution has ended, and return how. Ctrl-C interrupts the wait, not the execution.

        Raises:
            TimeoutError: the execution is still running after `timeout_s` seconds.
        """
        ended = self._ended.setdefault(execution, threading.Event())
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        while not ended.wait(_POLL_S):
            if deadline_s is not None and time.monotonic() > deadline_s:
                raise TimeoutError(f"{execution} is still running after {timeout_s} s")
        found = self.clients.stepfunctions.describe_execution(executionArn=execution)
        if found["status"] == "SUCCEEDED":
            return Outcome("SUCCEEDED", output=json.loads(found["output"]))
        if execution in self._stopped:
            return Outcome("ABORTED")
        if found["status"] == "RUNNING":
            return Outcome("FAILED", error="States.Runtime", cause="the local interpreter crashed; see the log")
        return Outcome(found["status"], error=found.get("error"), cause=found.get("cause"))

    def stop(self, execution: str) -> None:
        """Ask the execution to stop. A running function ends first: call `wait` to wait for it."""
        self._stopped.add(execution)
        if not self._ended[execution].is_set():
            self.clients.stepfunctions.stop_execution(executionArn=execution)

    def restore_run(self, run_id: str, key_prefix: str = KEY_PREFIX) -> int:
        """Put the run's files into S3, so that the run can be resumed; return their number.

        Raises:
            UnsafeKeyError: `run_id` is not a run id.
        """
        self.folder.hide_prefix(key_prefix)
        return restore_run(self.folder, run_id, self._settings.bucket, key_prefix)

    def restore_batch(self, batch_id: str, on_restored: Callable[[str, bytes], None] = lambda path, body: None) -> int:
        """Put the files of the batch and its items into S3, and their costs into the table; return the files' number.

        Call it before the batch is started, so that the batch resumes. `on_restored` is called with (path inside the folder,
        bytes) of each file of an item.
        """
        self.create_machine("batch")
        return restore_batch(self.folder, batch_id, self._settings, on_restored)

    def _mark_started(self, execution: str) -> None:
        # A redriven execution has ended before.
        self._ended.setdefault(execution, threading.Event()).clear()
        self._on_start(execution)

    def _mark_ended(self, execution: str) -> None:
        self._ended.setdefault(execution, threading.Event()).set()
        self._on_end(execution)

    def _stop_all(self) -> bool:
        """Stop every execution, wait up to `exit_grace_s`, and return whether all functions have ended."""
        for execution in [arn for arn, ended in self._ended.items() if not ended.is_set()]:
            self.stop(execution)
        deadline_s = time.monotonic() + self._exit_grace_s
        while self._invocations.count or not all(ended.is_set() for ended in self._ended.values()):
            if time.monotonic() > deadline_s:
                return False
            time.sleep(_POLL_S / 10)
        return True


def _moto_config(*, bedrock_in_aws: bool) -> Any:
    return {
        "stepfunctions": {"execute_state_machine": True},
        "lambda": {"use_docker": False},
        "core": {
            # `local_environment` sets the credentials: moto's would sign Bedrock's requests too.
            "mock_credentials": False,
            "reset_boto3_session": False,
            "service_whitelist": None,
            "passthrough": {
                "urls": [],
                "services": ["bedrockruntime", *CREDENTIAL_SERVICES] if bedrock_in_aws else [],
            },
        },
    }
