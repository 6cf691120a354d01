"""`python -m bench.bedrock_process '{"image_latency_s": 0.2}'`: serve the stand-in with these options on loopback.

Print {"url": "http://127.0.0.1:..."} and serve until standard input is closed. Then print the calls, in order:
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
class BedrockProcess:
    """A stand-in in another process."""

    url: str
    calls: list[dict[str, Any]] = field(default_factory=list)
    """Filled when the block ends."""


@contextmanager
def bedrock_process(**options: Any) -> Iterator[BedrockProcess]:
    """Start a stand-in with these `Options` in another process, so that its work does not slow this one."""
    command = [sys.executable, "-m", "bench.bedrock_process", json.dumps(options)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        bedrock = BedrockProcess(json.loads(process.stdout.readline())["url"])
        yield bedrock
        process.stdin.close()
        bedrock.calls = json.loads(process.stdout.readline())


class _TimedCalls(CallLog):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[dict[str, Any]] = []

    def append(self, call: Call) -> None:
        self.records.append({"operation": call.operation, "status": call.status, "answered_s": time.monotonic()})


def main(options: str) -> None:
    """Serve until standard input is closed."""
    bedrock, calls = StandIn(Options(**json.loads(options))), _TimedCalls()
    bedrock.calls = calls
    with bedrock:
        print(json.dumps({"url": bedrock.url}), flush=True)
        sys.stdin.read()
    print(json.dumps(calls.records), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
