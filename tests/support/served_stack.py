"""`retake serve` as a process, and the unmodified AWS CLI against it."""

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

from tests.support.command import Retake

_AWS = Path(sys.executable).with_name("aws")
_TIMEOUT_S = 60


class Served:
    """A server on a free port. Its exports are the environment of `aws`."""

    def __init__(self, retake: Retake, *options: str) -> None:
        self.retake = retake
        self._told = (retake.folder / "serve.txt").open("wb")
        self.process = retake.start("serve", "--port", "0", *options, stderr=self._told)
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
            raise AssertionError(self.told)

    @property
    def told(self) -> str:
        """Standard error so far."""
        return (self.retake.folder / "serve.txt").read_text(encoding="utf-8")

    @property
    def bucket(self) -> str:
        """As `s3://name`."""
        return self.environment["RETAKE_S3"]

    def aws(self, *arguments: str, stdin: bytes = b"") -> Any:
        """What `aws ARGUMENTS` prints: its JSON, else its text."""
        done = self.aws_done(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        try:
            return json.loads(done.stdout or "null")
        except ValueError:
            return done.stdout.decode()

    def aws_done(self, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """`aws ARGUMENTS`, run to its end."""
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
        """A boto3 client, which asks again and again more quickly than the AWS CLI starts."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,  # type: ignore[call-overload]  # any
                endpoint_url=self.environment["AWS_ENDPOINT_URL"],
                aws_access_key_id="local",
                aws_secret_access_key="local",
                region_name=self.environment["AWS_REGION"],
            )
        return self._clients[service]

    def upload(self, body: str, key: str) -> None:
        """Put an object into the bucket."""
        self.client("s3").put_object(Bucket=self.bucket.removeprefix("s3://"), Key=key, Body=body.encode())

    def executions(self, machine: str) -> list[str]:
        """The ARNs of RETAKE_LOOP's or RETAKE_BATCH's."""
        found = self.client("stepfunctions").list_executions(stateMachineArn=self.environment[machine])
        return [execution["executionArn"] for execution in found["executions"]]

    def described(self, execution: str) -> dict[str, Any]:
        """The execution, once it has ended."""
        client, found = self.client("stepfunctions"), {}

        def ended() -> bool:
            found.update(client.describe_execution(executionArn=execution))
            return bool(found["status"] != "RUNNING")

        self.wait_for(ended)
        return found

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Until the condition holds."""
        end_s = time.monotonic() + _TIMEOUT_S
        while not condition():
            assert time.monotonic() < end_s, self.told
            time.sleep(0.2)

    def wait_until_told(self, text: str) -> None:
        """Until standard error holds the text."""
        self.wait_for(lambda: text in self.told)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ctrl-C; the exit code."""
        try:
            self.process.send_signal(number)
            code = self.process.wait(_TIMEOUT_S)
        finally:
            for client in self._clients.values():
                client.close()
            self._told.close()
        assert "Traceback" not in self.told
        return code


@contextmanager
def serving(place: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """A server in a folder of its own, for the tests of a module."""
    for name in ("work", "site"):
        (place / name).mkdir()
    retake = Retake(place / "work", place / "site")
    retake.environment |= environment or {}
    server = Served(retake, *options)
    yield server
    assert server.stop() == 0
    retake.end()
