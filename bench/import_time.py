"""Measure how long the imports of a function take in a cold start, compared with boto3."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from statistics import median

from bench.machine import ROOT
from bench.section import Figure, Section, Table, Target
from lambdas.core.runtime.functions import LOOP_FUNCTIONS

ROUNDS = 25
IN_THE_LOOP = tuple(name for name, row in LOOP_FUNCTIONS.items() if row.record and "{" in row.record)
"""The functions that run once per attempt or wording."""
TARGET = Target("≤", 1.30)

# Print the wall and processor seconds since the first statement.
_PRINT_TIMES = "print(time.perf_counter() - started, time.process_time() - processor)"
_CLOCK = "import time; started, processor = time.perf_counter(), time.process_time()"
_BASE = f"""{_CLOCK}
import boto3
boto3.client("s3"); boto3.client("bedrock-runtime")
{_PRINT_TIMES}"""
_HANDLER = f"""{_CLOCK}
import lambdas.NAME.handler
{_PRINT_TIMES}
from lambdas.core.runtime import clients
clients.s3(); clients.BEDROCK()
{_PRINT_TIMES}"""


def measure(report: Callable[[str], None]) -> Section:
    """Run all programs alternately, in fresh interpreters, so that other load affects them equally."""
    programs = {"boto3": _BASE}
    for name, row in LOOP_FUNCTIONS.items():
        bedrock = "bedrock_for_images" if row.asks == "image_model" else "bedrock_for_claude"
        programs[name] = _HANDLER.replace("NAME", name).replace("BEDROCK", bedrock)
    taken_s: dict[str, list[list[float]]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory() as bytecode:
        environment = _environment(bytecode)
        # Round 0 writes the bytecode and fills the disk cache.
        for number in range(ROUNDS + 1):
            for name, program in programs.items():
                times_s = _run(program, environment)
                if number:
                    taken_s[name].append(times_s)
            report(f"round {number} of {ROUNDS}")
    medians_s = {name: [median(column) for column in zip(*taken_s[name], strict=True)] for name in programs}
    wall_s, processor_s = medians_s.pop("boto3")
    ratios = {
        name: (imported / wall_s, ready / wall_s, imported_processor / processor_s, ready_processor / processor_s)
        for name, (imported, imported_processor, ready, ready_processor) in medians_s.items()
    }
    return Section(
        title="Import time",
        how=f"""The time from the first statement of a fresh interpreter, with cached bytecode, ÷ the time of `import boto3` with
an S3 and a Bedrock client. Medians of {ROUNDS} interpreters each, run alternately. Handlers make their clients at the first
call, so each handler is measured twice: after its import, and after it has also made its S3 and its Bedrock client. Neither
includes Pillow, which generate and validate import at the first picture. The table also shows the processor time, which other
load hardly changes. `prepare` and `conclude` run once per run, outside the loop, and have no target.""",
        figures=(
            Figure(name="`import boto3` with an S3 and a Bedrock client", value=wall_s, unit="s", digits=3),
            *(
                Figure(name=f"{name} ÷ boto3, {what}", value=ratios[name][column], target=TARGET)
                for name in IN_THE_LOOP
                for column, what in enumerate(("imported", "imported, clients made"))
            ),
        ),
        tables=(
            Table(
                header=("÷ boto3", "imported", "clients made", "imported, processor", "clients made, processor"),
                rows=tuple((name, *(f"{ratio:.2f}" for ratio in row)) for name, row in ratios.items()),
            ),
        ),
    )


def _environment(bytecode: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "RETAKE_"))}
    return kept | {
        "PYTHONPYCACHEPREFIX": bytecode,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "RETAKE_BUCKET": "retake-bench",
    }


def _run(program: str, environment: dict[str, str]) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return [float(line) for line in done.stdout.split()]
