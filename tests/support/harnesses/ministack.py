"""MiniStack, which interprets the state machine in a process of its own. The shipped functions run in this one."""

import base64
import io
import json
import re
import subprocess
import threading
import zipfile
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Any, Self

from lambdas.core.runtime.functions import LOOP_FUNCTIONS
from retake.emulator.cloud import LocalCloud
from retake.emulator.patches.lambda_api import LambdaContext, invoke, shipped_handler
from retake.view.outcome import Outcome
from statemachine import read

PYTHON = Path(__file__).parents[3] / ".venv" / "ministack" / "bin" / "python"
_ACCOUNT = "000000000000"
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
    """MiniStack with the loop's machine, inside a `with` block. `folder` gets its temporary files.

    Its functions are relays: each event comes to this process, and the shipped handler answers it in the LocalCloud
    of `execute`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        if not PYTHON.exists():
            raise RuntimeError("MiniStack is not installed: run `make .venv/.ministack`")
        # Imported before the first cloud begins: it redirects the loggers that exist then.
        for name in LOOP_FUNCTIONS:
            shipped_handler(name)
        self._relay = ThreadingHTTPServer(("127.0.0.1", 0), _Invocation)
        threading.Thread(target=self._relay.serve_forever, daemon=True).start()
        environment = {
            "PATH": "/usr/bin:/bin",
            "TMPDIR": str(self._folder),
            "BIND_HOST": "127.0.0.1",
            # The system chooses the port.
            "GATEWAY_PORT": "0",
            # Retries do not wait.
            "SFN_WAIT_SCALE": "0",
        }
        self._process = subprocess.Popen(
            [str(PYTHON), "-m", "ministack"],
            cwd=self._folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            self._port = _port_of(self._process)
            arns = {row.placeholder: self._create_function(name) for name, row in LOOP_FUNCTIONS.items()}
            self._loop = self.create_machine("loop", adapt(json.loads(read("loop", arns))))
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._relay.shutdown()
        self._relay.server_close()

    def create_machine(self, name: str, definition: dict[str, Any]) -> str:
        """Create a state machine, and return its ARN."""
        role = f"arn:aws:iam::{_ACCOUNT}:role/local"
        created = self._call_states(
            "CreateStateMachine", {"name": name, "definition": json.dumps(definition), "roleArn": role}
        )
        arn: str = created["stateMachineArn"]
        return arn

    def run_machine(self, arn: str, name: str, event: Any) -> Outcome:
        """Execute a machine, and return how it ended."""
        # MiniStack waits for the end of a standard workflow too; AWS only for an express one. The interpreter is the
        # same as for StartExecution, after which the test would have to poll.
        ended = self._call_states(
            "StartSyncExecution", {"stateMachineArn": arn, "name": name, "input": json.dumps(event)}
        )
        if ended["status"] == "SUCCEEDED":
            return Outcome("SUCCEEDED", output=json.loads(ended["output"]))
        return Outcome(ended["status"], error=ended.get("error"), cause=ended.get("cause"))

    def execute(self, _cloud: LocalCloud, name: str, event: Any) -> Outcome:
        """Execute the loop. The functions run in the cloud that is open."""
        return self.run_machine(self._loop, name, event)

    def _create_function(self, name: str) -> str:
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            start = zipfile.ZipInfo("bootstrap")
            start.external_attr = 0o755 << 16
            archive.writestr(start, f'#!/bin/sh\nexec "{PYTHON}" -I "$LAMBDA_TASK_ROOT/relay.py"\n')
            archive.writestr("relay.py", _RELAY)
        created = self._send(
            "lambda",
            "/2015-03-31/functions",
            {
                "FunctionName": name,
                # MiniStack: names every error of a Python function Runtime.HandlerError, and the machine's retriers
                # match the names of our errors. A custom runtime's error keeps its type.
                "Runtime": "provided.al2023",
                "Handler": "bootstrap",
                "Role": f"arn:aws:iam::{_ACCOUNT}:role/local",
                "Timeout": LOOP_FUNCTIONS[name].timeout_s,
                "Environment": {"Variables": {"RELAY": f"127.0.0.1:{self._relay.server_port}"}},
                "Code": {"ZipFile": base64.b64encode(code.getvalue()).decode()},
            },
        )
        arn: str = created["FunctionArn"]
        return arn

    def _call_states(self, action: str, request: dict[str, Any]) -> dict[str, Any]:
        return self._send("states", "/", request, {"X-Amz-Target": f"AWSStepFunctions.{action}"})

    def _send(
        self, service: str, path: str, request: dict[str, Any], headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        # Without boto3, whose requests moto answers while a cloud is open.
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_ANSWER_TIMEOUT_S)
        scope = f"Credential=local/20260101/us-east-1/{service}/aws4_request"
        authorization = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"
        kind = "application/x-amz-json-1.0" if service == "states" else "application/json"
        connection.request(
            "POST",
            path,
            json.dumps(request),
            {"Authorization": authorization, "Content-Type": kind, **(headers or {})},
        )
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"MiniStack answered {answer.status} to {service} {path}: {body}")
        found: dict[str, Any] = json.loads(body)
        return found


def adapt(definition: dict[str, Any]) -> dict[str, Any]:
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


def _port_of(process: "subprocess.Popen[str]") -> int:
    """Wait until the server listens, and return its port. Its log is read to its end, so that it never blocks."""
    assert process.stderr is not None
    found: SimpleQueue[int | str] = SimpleQueue()
    threading.Thread(target=_read_log, args=(process.stderr, found), daemon=True).start()
    port = found.get(timeout=60)
    if isinstance(port, str):
        raise RuntimeError(f"MiniStack ended before it listened:\n{port}")
    return port


def _read_log(log: IO[str], found: "SimpleQueue[int | str]") -> None:
    lines = []
    with log:
        for line in log:
            lines.append(line)
            if listening := re.search(r"Running on http://127\.0\.0\.1:(\d+)", line):
                found.put(int(listening[1]))
    found.put("".join(lines))
