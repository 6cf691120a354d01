"""`python -m bench [NAME ...]`: takes every measurement and writes docs/benchmarks.md, or prints the named ones.

Exit code: 0 when every target is met, 1 when one is missed.
"""

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from bench.machine import ROOT, description
from bench.page import page, section_text
from bench.taking import take

# One module each, with `measure(say) -> Section`; `say` prints a line of progress.
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
)
PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Takes the measurements; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(MEASUREMENTS)} (default: all)")
    names = parser.parse_args().names
    if unknown := [name for name in names if name not in MEASUREMENTS]:
        parser.error(f"there is no measurement {unknown[0]}; give {', '.join(MEASUREMENTS)}")
    machine, load_before = description(), os.getloadavg()[0]
    # Each in a fresh process: what one has imported must not make the next one faster, or larger.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1) as fresh:
        sections = list(fresh.map(take, names or MEASUREMENTS))
    if names:
        # The page holds one run's figures only, so that they can be held against each other.
        print("\n".join(map(section_text, sections)))
    else:
        # Above the number of cores, something else was running too, and stretched the wall times.
        load = f"{load_before:.1f} processes before, {os.getloadavg()[0]:.1f} after (means of a minute)"
        PAGE.write_text(page((*machine, ("Load", load)), sections), encoding="utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")
    missed = [figure.name for section in sections for figure in section.missed]
    for name in missed:
        print(f"target missed: {name}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
