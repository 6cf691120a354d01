"""The memory that planning a large manifest takes.

`python -m tests.support.harnesses.plan_memory LINES` plans a manifest of LINES lines, 3% of them bad, and prints its counts,
the rejected lines and the growth of its memory as JSON. It needs a process of its own, because the system knows only the
peak of a whole process.
"""

import io
import json
import resource
import sys
from typing import Any

from lambdas.core.batch.manifest.manifest import read_manifest
from lambdas.core.batch.plan import Plan
from lambdas.core.batch.settings import BatchSettings
from lambdas.core.runtime.settings import Settings

# About 0.7 KB a line, so 10,000 lines are more than may be held in memory.
PROMPT = "a red circle above a blue square, " * 20
BAD: dict[int, tuple[bytes, str]] = {
    1: (b"{broken\n", "is not JSON"),
    2: (b'{"prompt": 7}\n', "prompt: "),
    50: (b'{"prompt": "a moon", "promt": "a star"}\n', "promt: there is no such field"),
}
"""By a line's number modulo 100: the line, and the beginning of its reason."""


class GeneratedManifest(io.RawIOBase):
    """A manifest that generates its lines while it is read."""

    def __init__(self, lines: int) -> None:
        self._lines = lines
        self._number = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self._number += 1
        if self._number > self._lines:
            return b""
        bad = BAD.get(self._number % 100)
        return bad[0] if bad else b'{"prompt": "%snumber %d"}\n' % (PROMPT.encode(), self._number)

    def read(self, size: int | None = -1, /) -> bytes:
        return b""

    def seek(self, *_: int) -> int:
        return 0


def plan(lines: int) -> dict[str, Any]:
    """Return the plan's counts and its rejected lines."""
    settings = Settings(bucket="pictures", max_cost_usd_per_batch=1e6)
    with Plan("x-12345678", settings, BatchSettings.parse({}, settings), 1, "run-1") as made:
        made.add_lines(read_manifest(GeneratedManifest(lines), ".jsonl"))  # type: ignore[arg-type]  # only reading is used
        made.rejected.seek(0)
        return {"counts": made.counts.to_record(), "rejected": [json.loads(line) for line in made.rejected]}


def peak_bytes() -> int:
    """Return the peak of this process's memory."""
    # macOS counts bytes, Linux KiB.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    plan(300)
    before_bytes = peak_bytes()
    found = plan(int(sys.argv[1]))
    print(json.dumps({**found, "grown_bytes": peak_bytes() - before_bytes}))
