"""`python -m bench.bedrock_side '{"image_latency_s": 0.2}'`: the stand-in with those options, on loopback.

Prints {"url": "http://127.0.0.1:..."} and serves until standard input is closed; then prints what was called, in order:
[{"operation": "image", "status": 200, "answered_s": 12.3}, ...].
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.machine import ROOT
from standin import Call, Options, StandIn
from standin.calls import CallLog


@dataclass
class FarBedrock:
    """A stand-in in another process."""

    url: str
    calls: list[dict[str, Any]] = field(default_factory=list)
    """There when the block is left."""


@contextmanager
def far_bedrock(**options: Any) -> Iterator[FarBedrock]:
    """A stand-in with these `Options`, in a process of its own: its painting and looking take nothing from this one."""
    command = [sys.executable, "-m", "bench.bedrock_side", json.dumps(options)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        bedrock = FarBedrock(json.loads(process.stdout.readline())["url"])
        yield bedrock
        process.stdin.close()
        bedrock.calls = json.loads(process.stdout.readline())


class _TimedCalls(CallLog):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []

    def append(self, call: Call) -> None:
        self.told.append({"operation": call.operation, "status": call.status, "answered_s": time.monotonic()})


def main(options: str) -> None:
    """Serves."""
    bedrock, calls = StandIn(Options(**json.loads(options))), _TimedCalls()
    bedrock.calls = calls
    with bedrock:
        print(json.dumps({"url": bedrock.url}), flush=True)
        sys.stdin.read()
    print(json.dumps(calls.told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
