"""Measure how long `retake run` takes from the start of its process to its first model call."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median

from bench.machine import ROOT
from bench.section import Figure, Section, Target

ROUNDS = 25
TARGET = Target("≤", 3.80)
"""Commit a56d08d, the last one before the code was split into rooms, had a ratio of 3.74. The commit that added this
measurement had 3.77, measured alongside."""

_BASE = "import boto3, moto"
# Run the installed command, and end the process when it is about to send the first request to a model.
_FIRST_CALL = """
import importlib.metadata, os, sys
from botocore.httpsession import URLLib3Session

send = URLLib3Session.send

def end_at_a_model_call(session, request):
    if "/model/" in request.url:
        os._exit(0)
    return send(session, request)

URLLib3Session.send = end_at_a_model_call
sys.argv = ["retake", "run", "events/simple-en.json", "--out", sys.argv[1]]
[command] = importlib.metadata.entry_points(group="console_scripts", name="retake")
command.load()()
sys.exit("the run ended without a model call")
"""


def measure(report: Callable[[str], None]) -> Section:
    """Run both programs alternately, in fresh interpreters, so that other load affects both equally."""
    taken_s: dict[str, list[float]] = {_BASE: [], _FIRST_CALL: []}
    with tempfile.TemporaryDirectory() as bytecode:
        # Round 0 writes the bytecode and fills the disk cache.
        for number in range(ROUNDS + 1):
            for program, times_s in taken_s.items():
                wall_s = _run(program, bytecode)
                if number:
                    times_s.append(wall_s)
            report(f"round {number} of {ROUNDS}")
    base_s, first_call_s = (median(times_s) for times_s in taken_s.values())
    return Section(
        title="From the command to the first model call",
        how=f"""The time from the start of `retake run events/simple-en.json` until it is about to send its first request to a model,
÷ the time of `python -c "import boto3, moto"`. Medians of {ROUNDS} processes each, run alternately, with cached bytecode. The
difference is the CLI, the stand-in with NumPy and Pillow, moto's parsing of the state machine, and Prepare's checks.""",
        figures=(
            Figure(name='`python -c "import boto3, moto"`', value=base_s, unit="s", digits=3),
            Figure(name="`retake run` to its first model call", value=first_call_s, unit="s", digits=3),
            Figure(name="ratio", value=first_call_s / base_s, target=TARGET),
        ),
    )


def _run(program: str, bytecode: str) -> float:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "RETAKE_"))}
    with tempfile.TemporaryDirectory() as out:
        started_s = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", program, out],
            cwd=ROOT,
            env=kept | {"PYTHONPYCACHEPREFIX": bytecode},
            capture_output=True,
            check=True,
        )
        return time.perf_counter() - started_s
