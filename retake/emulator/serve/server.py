"""The server: the local cloud, the stack in it, and the HTTP endpoint, from start to stop."""

import json
import shlex
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.core.runtime.batch_paths import DROP_FOLDER
from retake.emulator.bedrock import bedrock_endpoint
from retake.emulator.cloud import LocalCloud
from retake.emulator.environment import REGION
from retake.emulator.lock import lock
from retake.emulator.patches.eventbridge import patch_eventbridge
from retake.emulator.patches.scheduler import patch_scheduler
from retake.emulator.restore import restore_bucket
from retake.emulator.serve.clock import Clock
from retake.emulator.serve.deployment import Deployment
from retake.emulator.serve.endpoint import Endpoint, listen, url_of
from retake.emulator.serve.scheduler import Scheduler, start_machine
from retake.emulator.serve.stack import STACK_NAME, ServedStack, create_stack
from retake.view.output import print_stderr
from statemachine.schedule import Schedule

if TYPE_CHECKING:
    from standin import Fault

LOG = "log.jsonl"


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    stack: ServedStack
    schedules: tuple[Schedule, ...]
    clock: Clock
    data: Path | None
    restored_count: int
    """The number of objects found in the data folder."""

    def describe(self) -> Iterator[str]:
        """Yield the lines for people: the address, and the resources served there."""
        yield f"serving    {self.url}  (Ctrl-C stops it)"
        yield f"bucket     {self.stack.bucket}; a manifest under {DROP_FOLDER}/ starts a batch"
        yield f"machines   {self.stack.machine_arn}"
        yield f"           {self.stack.batch_machine_arn}"
        for heading, text in zip_longest(["schedules"], map(_describe_schedule, self.schedules), fillvalue=""):
            yield f"{heading:<11}{text or 'none (aws scheduler create-schedule)'}"
        yield f"clock      {self.clock.now():%Y-%m-%dT%H:%M:%SZ}, {self.clock.speed}x"
        if self.data:
            yield f"data       {self.data} ({self.restored_count} objects)"
        else:
            yield "data       not kept (--data DIR keeps it)"

    def shell_exports(self) -> str:
        """Return lines for a shell that point the AWS CLI and every SDK to this endpoint."""
        exports = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "RETAKE_LOOP": self.stack.machine_arn,
            "RETAKE_BATCH": self.stack.batch_machine_arn,
            "RETAKE_S3": f"s3://{self.stack.bucket}",
        }
        lines = [f"export {name}={shlex.quote(value)}" for name, value in exports.items()]
        return "\n".join(["unset AWS_PROFILE AWS_SESSION_TOKEN", *lines])


@contextmanager
def start_server(
    deployment: Deployment, port: int, data: Path | None, faults: "tuple[Fault, ...] | None", clock: Clock
) -> Iterator[Server]:
    """Serve the deployment inside the block.

    port: where to listen on loopback; 0 for any free port.
    data: the folder that keeps the bucket and the functions' log; None to keep nothing.
    faults: the stand-in's fault script; None for Bedrock in AWS.
    clock: the time by which schedules are due.

    Raises:
        PortError: the port is taken, or may not be used.
        InUseError: another process serves the data folder.
        NoCredentialsError: Bedrock is to be called in AWS, and boto3 finds no credentials.
    """
    bucket = deployment.settings.bucket
    with ExitStack() as parts:
        # The functions write the address into results, so it must be known before they are created.
        listening = parts.enter_context(listen(port))
        url = url_of(listening)
        deployment = replace(deployment, settings=replace(deployment.settings, s3_url=url))
        folder = data or Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="retake-serve-")))
        parts.enter_context(lock(folder, "serve", f"--data {folder}: {{process}} is serving it; give another folder"))
        cloud = parts.enter_context(
            LocalCloud(
                folder / "s3" / bucket,
                bedrock_url=parts.enter_context(bedrock_endpoint(faults)),
                settings_environment=deployment.settings.to_environment(),
                on_start=_print_start,
                on_end=_print_end,
                hidden_prefix="",
                log_path=folder / LOG,
            )
        )
        parts.enter_context(patch_scheduler(clock.now))
        scheduler = Scheduler(clock, start_machine, print_stderr)
        stack = create_stack(cloud, deployment)
        # Before uploads send events: the manifests in the folder were delivered in an earlier process.
        restored_count = restore_bucket(cloud.folder, bucket)
        parts.enter_context(patch_eventbridge(on_failure=print_stderr))
        parts.enter_context(Endpoint(listening, STACK_NAME, stack.outputs, stack.buckets))
        parts.enter_context(scheduler)
        yield Server(url, stack, deployment.schedules, clock, data, restored_count)


def _describe_schedule(schedule: Schedule) -> str:
    return f"{schedule.name}  {schedule.expression} {schedule.time_zone}{'' if schedule.enabled else ' (disabled)'}"


def wait_for_interrupt() -> None:
    """Wait until Ctrl-C raises `KeyboardInterrupt`."""
    # In short waits, so that Python handles signals on every platform.
    while True:
        threading.Event().wait(1.0)


def _print_start(execution: str) -> None:
    machine, name = execution.split(":")[-2:]
    print_stderr(f"started  {machine} {name}")


def _print_end(execution: str) -> None:
    machine, name = execution.split(":")[-2:]
    found = boto3.client("stepfunctions").describe_execution(executionArn=execution)
    result = _read_result(found.get("output") or found.get("cause"))
    # The result's or summary's own status says more than SUCCEEDED.
    said = f"  {result['status']}: {result['message']}" if {"status", "message"} <= result.keys() else ""
    print_stderr(f"ended    {machine} {name}  {found['status']}{said}")
    if result.get("report_url"):
        print_stderr(f"         {result['report_url']}")


def _read_result(document: str | None) -> dict[str, Any]:
    try:
        result = json.loads(document or "")
    except ValueError:
        return {}
    return result if isinstance(result, dict) else {}
