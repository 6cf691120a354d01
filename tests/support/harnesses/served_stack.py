"""`retake serve` in a process of its own, and the unmodified AWS CLI against it."""

import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from tests.support.harnesses.command import Retake

_AWS = Path(sys.executable).with_name("aws")
_TIMEOUT_S = 60


class ServedStack:
    """A server on a free port. The environment that it exports is that of `aws`."""

    def __init__(self, retake: Retake, *options: str) -> None:
        self.retake = retake
        self._stderr = (retake.folder / "serve.txt").open("wb")
        self.process = retake.start("serve", "--port", "0", *options, stderr=self._stderr)
        assert self.process.stdout is not None
        self.environment: dict[str, str] = {}
        self._clients: dict[str, Any] = {}
        for line in self.process.stdout:
            if line.startswith(b"export "):
                (pair,) = shlex.split(line.decode().removeprefix("export "))
                name, _, value = pair.partition("=")
                self.environment[name] = value
            if line.startswith(b"export RETAKE_S3="):
                break
        else:
            raise AssertionError(self.stderr)

    @property
    def stderr(self) -> str:
        """Standard error so far."""
        return (self.retake.folder / "serve.txt").read_text(encoding="utf-8")

    @property
    def bucket(self) -> str:
        """The bucket as `s3://name`."""
        return self.environment["RETAKE_S3"]

    def aws(self, *arguments: str, stdin: bytes = b"") -> Any:
        """Run `aws ARGUMENTS` and return what it prints: its JSON, or else its text."""
        done = self.run_aws(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        try:
            return json.loads(done.stdout or "null")
        except ValueError:
            return done.stdout.decode()

    def run_aws(self, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Run `aws ARGUMENTS` to its end, whatever its exit code."""
        return subprocess.run(
            [str(_AWS), *arguments],
            cwd=self.retake.folder,
            env={**self.retake.environment, **self.environment, "AWS_EC2_METADATA_DISABLED": "true"},
            input=stdin,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )

    def client(self, service: str) -> Any:
        """Return a boto3 client of the service, for calls in a loop; the AWS CLI takes a second to start."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,  # type: ignore[call-overload]  # any
                endpoint_url=self.environment["AWS_ENDPOINT_URL"],
                aws_access_key_id="local",
                aws_secret_access_key="local",
                region_name=self.environment["AWS_REGION"],
            )
        return self._clients[service]

    def read_json(self, key: str) -> Any:
        """Return the JSON in an object of the bucket."""
        found = self.client("s3").get_object(Bucket=self.bucket.removeprefix("s3://"), Key=key)
        return json.loads(found["Body"].read())

    def upload(self, body: str, key: str) -> None:
        """Put an object into the bucket."""
        self.client("s3").put_object(Bucket=self.bucket.removeprefix("s3://"), Key=key, Body=body.encode())

    def executions(self, machine: str) -> list[str]:
        """Return the ARNs of a machine's executions; `machine` is RETAKE_LOOP or RETAKE_BATCH."""
        found = self.client("stepfunctions").list_executions(stateMachineArn=self.environment[machine])
        return [execution["executionArn"] for execution in found["executions"]]

    def wait_for_end(self, execution: str) -> dict[str, Any]:
        """Wait until the execution has ended and return its description."""
        client, found = self.client("stepfunctions"), {}

        def ended() -> bool:
            found.update(client.describe_execution(executionArn=execution))
            return bool(found["status"] != "RUNNING")

        self.wait_for(ended)
        return found

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds."""
        end_s = time.monotonic() + _TIMEOUT_S
        while not condition():
            assert time.monotonic() < end_s, self.stderr
            time.sleep(0.2)

    def wait_for_text(self, text: str) -> None:
        """Wait until standard error holds the text."""
        self.wait_for(lambda: text in self.stderr)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send the signal (Ctrl-C by default) and return the exit code."""
        try:
            self.process.send_signal(number)
            code = self.process.wait(_TIMEOUT_S)
        finally:
            for client in self._clients.values():
                client.close()
            self._stderr.close()
        assert "Traceback" not in self.stderr
        return code


@contextmanager
def serving(place: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[ServedStack]:
    """Run a server in a folder of its own."""
    for name in ("work", "site"):
        (place / name).mkdir()
    retake = Retake(place / "work", place / "site")
    retake.environment |= environment or {}
    server = ServedStack(retake, *options)
    yield server
    assert server.stop() == 0
    retake.kill_all()
