"""The command as its users run it, in an empty folder; as a process of its own it cannot leave the machine."""

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from retake.cli import main

ROOT = Path(__file__).parents[2]
_TIMEOUT_S = 120
COMMAND = [sys.executable, "-c", "from retake.cli import main; main()"]

# Python imports `sitecustomize` before anything else: the process can neither look up nor reach another machine, and
# what it tried is written down.
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
    """A process that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def result(self) -> dict[str, Any]:
        """The one JSON document on standard output."""
        found = json.loads(self.stdout)
        assert isinstance(found, dict)
        return found

    @property
    def errors(self) -> list[str]:
        """The lines that say what went wrong."""
        return [line for line in self.stderr.splitlines() if line.startswith("retake: error: ")]


class Retake:
    """The command `retake`, run in `folder`."""

    def __init__(self, folder: Path, site: Path) -> None:
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.left_for = site / "left-for.txt"
        (site / "sitecustomize.py").write_text(_OFFLINE.format(log=str(self.left_for)), encoding="utf-8")
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
        """The command for a shell."""
        return shlex.join(COMMAND)

    def event(self, name: str = "event.json", **fields: Any) -> str:
        """Write an event into the folder; its path as an argument."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8")
        return name

    def faults(self, *rules: dict[str, Any]) -> tuple[str, str]:
        """The option that names a fault script of these rules."""
        (self.folder / "faults.json").write_text(json.dumps(rules), encoding="utf-8")
        return "--faults", "faults.json"

    def start(
        self, *arguments: str, environment: Mapping[str, str] | None = None, **how: Any
    ) -> "subprocess.Popen[bytes]":
        """Start `retake ARGUMENTS`."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            **{**pipes, **how},
        )
        self._processes.append(process)
        return process

    def end(self) -> None:
        """End what still runs."""
        for process in self._processes:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()

    def apart(self, *arguments: str, environment: Mapping[str, str] | None = None, stdin: bytes = b"") -> Done:
        """Run `retake ARGUMENTS` to its end, in a process of its own."""
        process = self.start(*arguments, environment=environment, stdin=subprocess.PIPE)
        stdout, stderr = process.communicate(stdin, timeout=_TIMEOUT_S)
        return _checked(Done(process.returncode, stdout.decode(), stderr.decode()))

    def __call__(self, *arguments: str, environment: Mapping[str, str] | None = None, stdin: bytes = b"") -> Done:
        """Run `retake ARGUMENTS` to its end, in this process: it saves the two seconds that moto's import takes."""
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
            return _checked(Done(ended.value.code, stdout.getvalue().decode(), stderr.getvalue().decode()))


def _checked(done: Done) -> Done:
    assert "Traceback" not in done.stdout + done.stderr
    return done
