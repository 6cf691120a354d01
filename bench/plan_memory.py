"""Measure the peak memory of Plan batch with a long manifest."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

from bench.peak_memory import environment, invoke_in_process, services_process
from bench.section import Figure, Section, Target
from lambdas.core.runtime.functions import FUNCTIONS

LINES = 100_000
BAD_EVERY = 33
SHORT_LINES = 1_000
BUCKET, KEY = "retake-bench", "batches/long.jsonl"
TARGET = Target("<", 256.0)
COLORS = ("red", "blue", "green", "yellow", "purple", "orange", "white", "black")


def measure(report: Callable[[str], None]) -> Section:
    """Run Plan batch in its own process, with a short and a long manifest."""
    short_mib, _, _ = _plan(SHORT_LINES)
    peak_mib, wall_s, size_bytes = _plan(LINES)
    report(f"{LINES} lines: {peak_mib} MiB, {wall_s:.0f} s")
    return Section(
        title="Planning a long batch",
        how=f"""The largest resident size (`ru_maxrss`) of a fresh process that imports the handler of Plan batch and runs it once. It
includes the whole process, but neither TLS nor Lambda's runtime. S3 is in another process, reached over HTTP. The
manifest has {LINES:,} JSON lines ({size_bytes / 1e6:.0f} MB), each with a different id and prompt; every
{BAD_EVERY}rd line is invalid. Each line is checked, priced, and written as an item or as a rejected line. The times are for
one core of this machine, including imports; the timeout of the function is {FUNCTIONS["plan"].timeout_s} s.""",
        figures=(
            Figure(name=f"peak memory, {LINES:,} lines", value=peak_mib, unit="MiB", digits=0, target=TARGET),
            Figure(name=f"peak memory, {SHORT_LINES:,} lines, for comparison", value=short_mib, unit="MiB", digits=0),
            Figure(name=f"time, {LINES:,} lines", value=wall_s, unit="s", digits=0),
            Figure(name="time of 1,000 lines", value=wall_s / LINES * 1_000, unit="s"),
        ),
    )


def manifest(lines: int) -> Iterator[str]:
    """Yield the lines, with their line breaks."""
    for number in range(1, lines + 1):
        color, other = COLORS[number % 8], COLORS[number // 8 % 8]
        prompt = f"product shot {number}: a {color} ceramic cup left of {number % 9 + 1} {other} books on an oak table, soft light"
        given: dict[str, Any] = {"id": f"sku-{number}", "prompt": prompt, "max_retry_attempts": 4}
        if number % BAD_EVERY == 0:
            given["titan_img_widht"] = 512
        yield json.dumps(given) + "\n"


def _plan(lines: int) -> tuple[float, float, int]:
    """Return the peak in MiB, the seconds, and the size of the manifest in bytes."""
    body = "".join(manifest(lines)).encode()
    with services_process("RGB") as urls:
        with urlopen(Request(f"{urls['s3']}/{BUCKET}/{KEY}", data=body, method="PUT")) as answer:
            answer.read()
        started_s = time.monotonic()
        output = invoke_in_process(
            "plan",
            {
                "event": {"bucket": BUCKET, "key": KEY},
                "execution": {"id": "arn:bench", "name": "bench", "started_at": "2026-11-21T06:00:00Z"},
            },
            environment(urls) | {"RETAKE_MAX_COST_USD_PER_BATCH": "1000000"},
        )
        wall_s = time.monotonic() - started_s
    if (output["answer"]["batch"] or {}).get("items") != lines - lines // BAD_EVERY:
        raise RuntimeError(f"the plan does not have the expected number of items: {output}")
    return output["peak_mib"], wall_s, len(body)
