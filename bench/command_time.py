"""Measure how long the commands take that a user waits for: the help, and the list of 1,000 past runs."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.machine import ROOT
from bench.section import Figure, Section, Target
from tests.support.factories.past_runs import revised_run, write_run

RUNS, FEW_RUNS = 1_000, 10
ROUNDS = 15
HELP_TARGET = Target("<", 0.3)
LIST_TARGET = Target("<", 1.0)

_COMMAND = [sys.executable, "-c", "from retake.cli import main; main()"]


def measure(report: Callable[[str], None]) -> Section:
    """Run the commands alternately, in fresh interpreters, so that other load affects them equally."""
    with tempfile.TemporaryDirectory() as scratch:
        _, result = revised_run().end("ACCEPTED")
        fields = {name: value for name, value in result.items() if name != "run_id"}
        for name, count in (("few", FEW_RUNS), ("many", RUNS)):
            for number in range(count):
                write_run(Path(scratch) / name, f"run-{number:04}", age_s=float(number), **fields)
        commands = {
            "help": ["-h"],
            "few": ["list", "--out", "few", "--limit", str(RUNS)],
            "many": ["list", "--out", "many", "--limit", str(RUNS)],
        }
        taken_s: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        # Round 0 writes the bytecode and fills the disk cache.
        for number in range(ROUNDS + 1):
            for name, arguments in commands.items():
                times_s = _run(arguments, Path(scratch))
                if number:
                    taken_s[name].append(times_s)
            report(f"round {number} of {ROUNDS}")
    wall_s, processor_s = (
        {name: median(times[which] for times in taken) for name, taken in taken_s.items()} for which in (0, 1)
    )
    return Section(
        title="Commands",
        how=f"""The time of `retake -h`, and of `retake list` over {RUNS:,} runs, all of which it reads and prints, from the start of
the process to its end. Medians of {ROUNDS} processes each, run alternately. Processor time leaves out what other processes on the
machine take.""",
        figures=(
            Figure(name="`retake -h`", value=wall_s["help"], unit="s", target=HELP_TARGET),
            Figure(name=f"`retake list`, {RUNS:,} runs", value=wall_s["many"], unit="s", target=LIST_TARGET),
            Figure(name=f"`retake list`, {RUNS:,} runs ÷ {FEW_RUNS} runs", value=wall_s["many"] / wall_s["few"]),
            Figure(name="`retake -h`, processor time", value=processor_s["help"], unit="s"),
            Figure(name=f"`retake list`, {RUNS:,} runs, processor time", value=processor_s["many"], unit="s"),
        ),
    )


def _run(arguments: list[str], folder: Path) -> tuple[float, float]:
    """Return the wall and the processor seconds of a command."""
    before, started_s = _processor_s(), time.perf_counter()
    subprocess.run(
        [*_COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started_s, _processor_s() - before


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
