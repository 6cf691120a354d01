"""Take one measurement by its name. A fresh process can import this module, but not `__main__`."""

import importlib
import time

from bench.section import Section


def run_measurement(name: str) -> Section:
    """Run `bench.NAME.measure`, print its progress, and return its section."""

    def report(line: str) -> None:
        print(f"{name}: {line}", flush=True)

    report("started")
    started_s = time.monotonic()
    section: Section = importlib.import_module(f"bench.{name}").measure(report)
    report(f"took {time.monotonic() - started_s:.0f} s")
    return section
