"""`python -m bench [NAME ...]`: take every measurement and write docs/benchmarks.md, or print only the named ones.

Exit code: 0 if every target is met, 1 if one is missed.
"""

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from bench.machine import ROOT, describe_machine
from bench.page import render_page, render_section
from bench.run_measurement import run_measurement

# One module each, with a function `measure(report) -> Section`. `report` prints a line of progress.
MEASUREMENTS = (
    "loop_overhead",
    "import_time",
    "first_call",
    "state_size",
    "peak_memory",
    "policies",
    "throughput",
    "plan_memory",
    "kills",
    "batch_sheet",
    "command_time",
)
PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Take the measurements, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(MEASUREMENTS)} (default: all)")
    names = parser.parse_args().names
    if unknown := [name for name in names if name not in MEASUREMENTS]:
        parser.error(f"there is no measurement {unknown[0]}; give {', '.join(MEASUREMENTS)}")
    machine, load_before = describe_machine(), os.getloadavg()[0]
    # A fresh process for each, so that the imports of one do not make the next one faster or larger.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1) as fresh:
        sections = list(fresh.map(run_measurement, names or MEASUREMENTS))
    if names:
        # The page has only figures of a single run, so that they can be compared.
        print("\n".join(map(render_section, sections)))
    else:
        # A load above the number of cores means that other programs ran, and increased the wall times.
        load = f"{load_before:.1f} processes before, {os.getloadavg()[0]:.1f} after (averages over a minute)"
        PAGE.write_text(render_page((*machine, ("Load", load)), sections), encoding="utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")
    missed = [figure.name for section in sections for figure in section.missed]
    for name in missed:
        print(f"target missed: {name}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
