"""The most memory that Plan batch's process ever holds, with a long manifest."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

from bench.peak_memory import environment, far_side, invoke_in_a_process
from bench.section import Figure, Section, Target
from lambdas.core.runtime.functions import FUNCTIONS

LINES = 100_000
BAD_EVERY = 33
SHORT_LINES = 1_000
BUCKET, KEY = "retake-bench", "batches/long.jsonl"
TARGET = Target("<", 256.0)
COLORS = ("red", "blue", "green", "yellow", "purple", "orange", "white", "black")


def measure(say: Callable[[str], None]) -> Section:
    """Plan batch in a process of its own, for a short manifest and a long one."""
    short_mib, _, _ = _planned(SHORT_LINES)
    peak_mib, wall_s, size_bytes = _planned(LINES)
    say(f"{LINES} lines: {peak_mib} MiB, {wall_s:.0f} s")
    return Section(
        title="Planning a long batch",
        how=f"""The largest resident size of a fresh process that imports Plan batch's handler and runs it once (`ru_maxrss`): the
whole process, nothing taken off, TLS and Lambda's own runtime left out. S3 is in another process and reached over HTTP. The
manifest is JSON lines, {LINES:,} of them, {size_bytes / 1e6:.0f} MB, each with an id and a wording of its own; every
{BAD_EVERY}rd cannot be used. Each line is checked, priced and written as an item or as a rejected line. The seconds are those
of one core of this machine, imports included; the function has {FUNCTIONS["plan"].timeout_s} s.""",
        figures=(
            Figure(name=f"peak memory, {LINES:,} lines", value=peak_mib, unit="MiB", digits=0, target=TARGET),
            Figure(name=f"peak memory, {SHORT_LINES:,} lines, for comparison", value=short_mib, unit="MiB", digits=0),
            Figure(name=f"time, {LINES:,} lines", value=wall_s, unit="s", digits=0),
            Figure(name="time of 1,000 lines", value=wall_s / LINES * 1_000, unit="s"),
        ),
    )


def manifest(lines: int) -> Iterator[str]:
    """The lines, with their line breaks."""
    for number in range(1, lines + 1):
        color, other = COLORS[number % 8], COLORS[number // 8 % 8]
        prompt = f"product shot {number}: a {color} ceramic cup left of {number % 9 + 1} {other} books on an oak table, soft light"
        given: dict[str, Any] = {"id": f"sku-{number}", "prompt": prompt, "max_retry_attempts": 4}
        if number % BAD_EVERY == 0:
            given["titan_img_widht"] = 512
        yield json.dumps(given) + "\n"


def _planned(lines: int) -> tuple[float, float, int]:
    """Peak in MiB, seconds, and the manifest's size in bytes."""
    body = "".join(manifest(lines)).encode()
    with far_side("RGB") as urls:
        with urlopen(Request(f"{urls['s3']}/{BUCKET}/{KEY}", data=body, method="PUT")) as answer:
            answer.read()
        started_s = time.monotonic()
        told = invoke_in_a_process(
            "plan",
            {
                "event": {"bucket": BUCKET, "key": KEY},
                "execution": {"id": "arn:bench", "name": "bench", "started_at": "2026-11-21T06:00:00Z"},
            },
            environment(urls) | {"RETAKE_MAX_COST_USD_PER_BATCH": "1000000"},
        )
        wall_s = time.monotonic() - started_s
    if (told["answer"]["batch"] or {}).get("items") != lines - lines // BAD_EVERY:
        raise RuntimeError(f"the plan is not the one to be measured: {told}")
    return told["peak_mib"], wall_s, len(body)
