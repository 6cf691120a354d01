"""The `retake` command, run in an empty folder: in this process, or in its own, which cannot reach another machine."""

import contextlib
import io
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from retake.cli import main

ROOT = Path(__file__).parents[3]
_TIMEOUT_S = 120
COMMAND = [sys.executable, "-c", "from retake.entry import main; main()"]

# Python imports `sitecustomize` before anything else. It keeps the process from looking up or reaching another machine,
# and writes down the name of each machine that it tried.
_OFFLINE = """
import pathlib, socket
_log = pathlib.Path({log!r})
_connect, _getaddrinfo = socket.socket.connect, socket.getaddrinfo
def _refuse(host):
    if host not in ("127.0.0.1", "localhost", "::1", None):
        with _log.open("a") as log:
            log.write(f"{{host}}\\n")
        raise OSError(f"not on this machine: {{host}}")
def connect(self, address):
    if isinstance(address, tuple):
        _refuse(address[0])
    return _connect(self, address)
def getaddrinfo(host, *args, **kwargs):
    _refuse(host)
    return _getaddrinfo(host, *args, **kwargs)
socket.socket.connect, socket.getaddrinfo = connect, getaddrinfo
"""


@dataclass
class Done:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def result(self) -> dict[str, Any]:
        """The JSON object on standard output."""
        found = json.loads(self.stdout)
        assert isinstance(found, dict)
        return found

    @property
    def errors(self) -> list[str]:
        """The lines with error messages."""
        return [line for line in self.stderr.splitlines() if line.startswith("retake: error: ")]


class Retake:
    """The command `retake`, run in `folder`."""

    def __init__(self, folder: Path, site: Path) -> None:
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.refused_hosts = site / "refused-hosts.txt"
        """The other machines that a process tried to reach; there is no file unless it tried."""
        (site / "sitecustomize.py").write_text(_OFFLINE.format(log=str(self.refused_hosts)), encoding="utf-8")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": f"{site}{os.pathsep}{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
            # Where coverage is measured, so that it is measured in the command's process too.
            **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},
        }

    @property
    def command(self) -> str:
        """The command, quoted for a shell."""
        return shlex.join(COMMAND)

    def event(self, name: str = "event.json", **fields: Any) -> str:
        """Write an event into the folder and return its name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8")
        return name

    def manifest(self, lines: Iterable[dict[str, Any]], name: str = "prompts.jsonl") -> str:
        """Write a manifest into the folder and return its name."""
        (self.folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return name

    def faults(self, *rules: dict[str, Any]) -> tuple[str, str]:
        """Write a fault script of these rules and return the option that names it."""
        (self.folder / "faults.json").write_text(json.dumps(rules), encoding="utf-8")
        return "--faults", "faults.json"

    def start(
        self, *arguments: str, environment: Mapping[str, str] | None = None, **how: Any
    ) -> "subprocess.Popen[bytes]":
        """Start `retake ARGUMENTS` in a process of its own. `how` goes to Popen."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            **{**pipes, **how},
        )
        self._processes.append(process)
        return process

    def kill_all(self) -> None:
        """Kill the processes that still run."""
        for process in self._processes:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()

    def run_process(self, *arguments: str, environment: Mapping[str, str] | None = None, stdin: bytes = b"") -> Done:
        """Run `retake ARGUMENTS` to its end in a process of its own."""
        process = self.start(*arguments, environment=environment, stdin=subprocess.PIPE)
        stdout, stderr = process.communicate(stdin, timeout=_TIMEOUT_S)
        return _without_traceback(Done(process.returncode, stdout.decode(), stderr.decode()))

    def __call__(self, *arguments: str, environment: Mapping[str, str] | None = None, stdin: bytes = b"") -> Done:
        """Run `retake ARGUMENTS` to its end in this process, which saves the two seconds that importing moto takes."""
        stdout, stderr = io.BytesIO(), io.BytesIO()
        streams = {"stdin": io.BytesIO(stdin), "stdout": stdout, "stderr": stderr}
        with pytest.MonkeyPatch.context() as patch, contextlib.chdir(self.folder):
            for name in [name for name in os.environ if name.startswith(("AWS_", "RETAKE_"))]:
                patch.delenv(name)
            for name, value in (environment or {}).items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["retake", *arguments])
            for name, stream in streams.items():
                patch.setattr(sys, name, io.TextIOWrapper(stream, encoding="utf-8"))
            with pytest.raises(SystemExit) as ended:
                main()
            sys.stdout.flush()
            sys.stderr.flush()
            assert isinstance(ended.value.code, int)
            return _without_traceback(Done(ended.value.code, stdout.getvalue().decode(), stderr.getvalue().decode()))


def _without_traceback(done: Done) -> Done:
    assert "Traceback" not in done.stdout + done.stderr
    return done


def end_by_signal(process: "subprocess.Popen[bytes]", number: int = signal.SIGINT) -> Done:
    """Send the signal to the process and wait for its end."""
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=_TIMEOUT_S)
    return Done(process.returncode, stdout.decode(), stderr.decode())


def wait_for_file(path: Path) -> None:
    """Wait until the file exists."""
    deadline_s = time.monotonic() + _TIMEOUT_S
    while not path.exists():
        assert time.monotonic() < deadline_s, f"{path} was never written"
        time.sleep(0.05)
