"""MiniStack, which interprets the state machine in a process of its own. The shipped functions run in this one."""

import base64
import io
import json
import os
import re
import subprocess
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from lambdas.core.runtime.functions import LOOP_FUNCTIONS
from retake.emulator.cloud import LocalCloud
from retake.emulator.patches.lambda_api import LambdaContext, invoke, shipped_handler
from retake.view.outcome import Outcome
from statemachine import read

PYTHON = Path(__file__).parents[3] / ".venv" / "ministack" / "bin" / "python"
_ACCOUNT = "000000000000"
_ROLE_ARN = f"arn:aws:iam::{_ACCOUNT}:role/local"
_START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 30
_ANSWER_TIMEOUT_S = 120
_RELAY = """\
# A custom runtime: it takes each event from Lambda's Runtime API to the test's process, and the answer back.
import os
from http.client import HTTPConnection

API = "/2018-06-01/runtime/invocation/"


def send(host, method, path, body=None):
    connection = HTTPConnection(host)
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


runtime = os.environ["AWS_LAMBDA_RUNTIME_API"]
while True:
    _, headers, event = send(runtime, "GET", API + "next")
    status, _, payload = send(os.environ["RELAY"], "POST", "/" + os.environ["AWS_LAMBDA_FUNCTION_NAME"], event)
    answer = "/response" if status == 200 else "/error"
    send(runtime, "POST", API + headers["Lambda-Runtime-Aws-Request-Id"] + answer, payload)
"""


class MiniStack:
    """A client of the MiniStack that listens on `port`. It does without boto3, which moto answers in an open cloud."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._loop = ""

    def create_loop(self, relay: str) -> None:
        """Create the loop's machine. Its functions bring every event to the relay at `relay`, a host and port."""
        start = f'#!/bin/sh\nexec "{PYTHON}" -I "$LAMBDA_TASK_ROOT/relay.py"\n'
        arns = {
            row.placeholder: self.create_function(
                name,
                # MiniStack: names every error of a Python function Runtime.HandlerError, and the machine's retriers
                # match the names of our errors. A custom runtime's error keeps its type.
                runtime="provided.al2023",
                handler="bootstrap",
                code={"bootstrap": start, "relay.py": _RELAY},
                timeout_s=row.timeout_s,
                environment={"RELAY": relay},
            )
            for name, row in LOOP_FUNCTIONS.items()
        }
        self._loop = self.create_machine("loop", _adapt(json.loads(read("loop", arns))))

    def execute(self, _cloud: LocalCloud, name: str, event: Any) -> Outcome:
        """Execute the loop. The functions run in the cloud that is open."""
        return self.run_machine(self._loop, name, event)

    def run_machine(self, arn: str, name: str, event: Any) -> Outcome:
        """Execute a machine, and return how it ended."""
        # MiniStack: waits for the end of a standard workflow too; AWS only for an express one. The interpreter is the
        # same as for StartExecution, after which the test would have to poll.
        ended = self._call_states(
            "StartSyncExecution", {"stateMachineArn": arn, "name": name, "input": json.dumps(event)}
        )
        if ended["status"] == "SUCCEEDED":
            return Outcome("SUCCEEDED", output=json.loads(ended["output"]))
        return Outcome(ended["status"], error=ended.get("error"), cause=ended.get("cause"))

    def create_machine(self, name: str, definition: dict[str, Any]) -> str:
        """Create a state machine, and return its ARN."""
        request = {"name": name, "definition": json.dumps(definition), "roleArn": _ROLE_ARN}
        arn: str = self._call_states("CreateStateMachine", request)["stateMachineArn"]
        return arn

    def create_function(
        self,
        name: str,
        *,
        runtime: str,
        handler: str,
        code: Mapping[str, str],
        timeout_s: int = 60,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Create a function from its files, and return its ARN."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path, text in code.items():
                entry = zipfile.ZipInfo(path)
                entry.external_attr = 0o755 << 16
                archive.writestr(entry, text)
        request = {
            "FunctionName": name,
            "Runtime": runtime,
            "Handler": handler,
            "Role": _ROLE_ARN,
            "Timeout": timeout_s,
            "Environment": {"Variables": environment or {}},
            "Code": {"ZipFile": base64.b64encode(packed.getvalue()).decode()},
        }
        arn: str = self._send("lambda", "/2015-03-31/functions", request)["FunctionArn"]
        return arn

    def _call_states(self, action: str, request: dict[str, Any]) -> Any:
        return self._send("states", "/", request, {"X-Amz-Target": f"AWSStepFunctions.{action}"})

    def _send(self, service: str, path: str, request: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        scope = f"Credential=local/20260101/us-east-1/{service}/aws4_request"
        all_headers = {
            "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
            "Content-Type": "application/x-amz-json-1.0",
            **(headers or {}),
        }
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_ANSWER_TIMEOUT_S)
        try:
            connection.request("POST", path, json.dumps(request), all_headers)
            answer = connection.getresponse()
            body = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"MiniStack answered {answer.status} to {service} {path}: {body}")
        return json.loads(body)


@contextmanager
def ministack(folder: Path) -> Iterator[MiniStack]:
    """Run MiniStack with the loop's machine. `folder` gets its temporary files."""
    with _relay() as relay, _server(folder) as port:
        running = MiniStack(port)
        running.create_loop(relay)
        yield running


def _adapt(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the definition as MiniStack can run it.

    MiniStack: ignores the `Output` of a Succeed state. A Pass state in front of it takes over its `Output`.
    """
    states: dict[str, Any] = {}
    for name, state in definition["States"].items():
        if state["Type"] == "Succeed" and "Output" in state:
            states[name] = {"Type": "Pass", "Output": state["Output"], "Next": f"{name}."}
            states[f"{name}."] = {"Type": "Succeed"}
        else:
            states[name] = state
    return {**definition, "States": states}


@contextmanager
def _relay() -> Iterator[str]:
    """Answer the relays' events with the shipped handlers, in this process. Yields the host and port."""
    # Imported before the first cloud begins: it redirects the loggers that exist then.
    for name in LOOP_FUNCTIONS:
        shipped_handler(name)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Invocation) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


class _Invocation(BaseHTTPRequestHandler):
    """One invocation of a function: the path is its name, the status says whether it failed."""

    def do_POST(self) -> None:
        name = self.path.removeprefix("/")
        row = LOOP_FUNCTIONS[name]
        arn = f"arn:aws:lambda:us-east-1:{_ACCOUNT}:function:{name}"
        event = self.rfile.read(int(self.headers["Content-Length"]))
        payload, is_error = invoke(shipped_handler(name), event, LambdaContext(name, arn, row.timeout_s, row.memory_mb))
        self.send_response(500 if is_error else 200)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    """Run MiniStack's process. Yields its port."""
    if not PYTHON.exists():
        raise RuntimeError("MiniStack is not installed: run `make .venv/.ministack`")
    environment = {
        "PATH": os.defpath,
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",
        # The system chooses the port.
        "GATEWAY_PORT": "0",
        # Retries do not wait.
        "SFN_WAIT_SCALE": "0",
    }
    command = [str(PYTHON), "-m", "ministack"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        found: SimpleQueue[int | str] = SimpleQueue()
        # Reads the log to its end: a full pipe would block the process.
        reader = threading.Thread(target=_read_log, args=(process.stderr, found))
        reader.start()
        try:
            port = found.get(timeout=_START_TIMEOUT_S)
            if isinstance(port, str):
                raise RuntimeError(f"MiniStack ended before it listened:\n{port}")
            yield port
        finally:
            process.terminate()
            # The end of the block closes the log, and must not close it under the reader.
            reader.join(timeout=_STOP_TIMEOUT_S)
            if reader.is_alive():
                process.kill()
                reader.join()


def _read_log(log: IO[str], found: "SimpleQueue[int | str]") -> None:
    """Put the port into `found` when the process listens, and the whole log at its end."""
    lines = []
    for line in log:
        lines.append(line)
        if listening := re.search(r"Running on http://127\.0\.0\.1:(\d+)", line):
            found.put(int(listening[1]))
    found.put("".join(lines))
