"""Serving: the local cloud, the stack on it and the endpoint before it, until somebody stops it."""

import json
import shlex
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from retake.emulator.batch_records import load_bucket
from retake.emulator.bedrock import bedrock_at
from retake.emulator.cloud import LocalCloud
from retake.emulator.environment import REGION
from retake.emulator.lock import locked
from retake.emulator.serve.delivery import delivery_on_moto
from retake.emulator.serve.deployment import Served
from retake.emulator.serve.endpoint import Endpoint
from retake.emulator.serve.stack import STACK_NAME, LocalStack, put_up
from retake.view.output import say
from statemachine.schedule import Schedule

if TYPE_CHECKING:
    from standin import Fault

LOG = "log.jsonl"


@dataclass(frozen=True)
class Serving:
    """What is being served."""

    url: str
    stack: LocalStack
    schedules: tuple[Schedule, ...]
    data: Path | None
    loaded: int
    """How many objects were found in the data folder."""

    def told(self) -> Iterator[str]:
        """What stands, in a few lines for people."""
        yield f"serving    {self.url}  (Ctrl-C stops it)"
        yield f"bucket     {self.stack.bucket}; a manifest under batches/ starts a batch"
        yield f"machines   {self.stack.machine_arn}"
        yield f"           {self.stack.batch_machine_arn}"
        yield f"schedules  {', '.join(schedule.name for schedule in self.schedules) or 'none'} (listed, never fired)"
        if self.data:
            yield f"data       {self.data} ({self.loaded} objects)"
        else:
            yield "data       not kept (--data DIR keeps it)"

    def exports(self) -> str:
        """Lines for a shell: after them, the AWS CLI and every SDK talk to this endpoint."""
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
def serving(served: Served, port: int, data: Path | None, faults: "tuple[Fault, ...] | None") -> Iterator[Serving]:
    """Everything up for the length of the block.

    data: the folder that keeps the bucket, and the functions' log; None keeps nothing.
    faults: the stand-in's fault script; None for Bedrock in AWS.

    Raises:
        PortError: the port cannot be listened on.
        FolderInUseError: another process has the folder.
        NoCredentialsError: Bedrock is to be in AWS, and there are no credentials.
    """
    bucket = served.settings.bucket
    with ExitStack() as parts:
        folder = data or Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="retake-serve-")))
        parts.enter_context(locked(folder))
        cloud = parts.enter_context(
            LocalCloud(
                folder / "s3" / bucket,
                bedrock_url=parts.enter_context(bedrock_at(faults)),
                settings_environment=served.settings.to_environment(),
                on_start=_tell_start,
                on_end=_tell_end,
                hidden_prefix="",
                log_path=folder / LOG,
            )
        )
        stack = put_up(cloud, bucket, served.schedules)
        # Loaded before uploads make events: what lies there has been delivered.
        loaded = load_bucket(cloud.folder, bucket)
        parts.enter_context(delivery_on_moto(say))
        endpoint = parts.enter_context(Endpoint(port, STACK_NAME, stack.outputs))
        yield Serving(endpoint.url, stack, served.schedules, data, loaded)


def wait() -> None:
    """Wait for Ctrl-C (`KeyboardInterrupt`)."""
    # In small portions, so that Python looks for signals on every platform.
    while True:
        threading.Event().wait(1.0)


def _tell_start(execution: str) -> None:
    machine, name = execution.split(":")[-2:]
    say(f"started  {machine} {name}")


def _tell_end(execution: str) -> None:
    machine, name = execution.split(":")[-2:]
    found = boto3.client("stepfunctions").describe_execution(executionArn=execution)
    say(f"ended    {machine} {name}  {found['status']}{_said(found.get('output') or found.get('cause'))}")


def _said(document: str | None) -> str:
    """The result's status and message, which say more than SUCCEEDED."""
    try:
        result = json.loads(document or "")
        return f"  {result['status']}: {result['message']}"
    except (ValueError, KeyError, TypeError):
        return ""
