"""One measurement, taken by name. In a module that a fresh process can import, which `__main__` is not."""

import importlib
import time

from bench.section import Section


def take(name: str) -> Section:
    """Runs `bench.NAME.measure`, and prints its progress."""

    def say(line: str) -> None:
        print(f"{name}: {line}", flush=True)

    say("begins")
    started_s = time.monotonic()
    section: Section = importlib.import_module(f"bench.{name}").measure(say)
    say(f"took {time.monotonic() - started_s:.0f} s")
    return section
