"""Scripted Lambda functions, and a small state machine with the features of the shipped loop that calls them."""

from pathlib import Path

from retake.emulator.cloud import LocalCloud

MACHINES = Path(__file__).parent / "machines"
TIMEOUTS_S = {"prepare": 300, "generate": 330, "conclude": 120}


class ModelThrottledError(Exception):
    """An error of the name that the machine retries."""


class ScriptedFunctions:
    """The functions of the small machine. A test replaces the attribute of the function's name."""

    def __init__(self):
        self.calls = []
        self.generate = lambda event, context: {"accepted": event["attempt"] == 2}
        self.conclude = lambda event, context: event
        self.prepare = lambda event, context: {"limit": 2, "revisions": 1, **event}

    def handler_of(self, name):
        def handler(event, context):
            self.calls.append((name, event, context))
            return getattr(self, name)(event, context)

        return handler

    def count(self, name):
        """Return how often the function was called."""
        return sum(called == name for called, _, _ in self.calls)


def small_cloud(folder, functions, **options):
    """Return a local cloud that runs the machines in `machines/` with these functions."""
    return LocalCloud(
        folder,
        handler_of=functions.handler_of,
        timeouts_s=TIMEOUTS_S,
        machines=MACHINES,
        **{"bedrock_url": "http://127.0.0.1:9", "wait_scale": 0.0, **options},
    )
