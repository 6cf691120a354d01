"""A small loop with the features of the shipped one, and functions that do what a test says."""

from pathlib import Path

from retake.emulator.cloud import LocalCloud

MACHINES = Path(__file__).parent / "machines"
TIMEOUTS_S = {"prepare": 300, "generate": 330, "conclude": 120}


class ModelThrottledError(Exception):
    pass


class Scripted:
    """The functions of the small loop; `generate` can be told what to do in each call."""

    def __init__(self):
        self.calls = []
        self.generate = lambda event, context: {"accepted": event["attempt"] == 2}
        self.conclude = lambda event, context: event
        self.prepare = lambda event, context: {"limit": 2, "revisions": 1, **event}

    def of(self, name):
        def handler(event, context):
            self.calls.append((name, event, context))
            return getattr(self, name)(event, context)

        return handler

    def count(self, name):
        return sum(called == name for called, _, _ in self.calls)


def small_cloud(folder, scripted, **options):
    return LocalCloud(
        folder,
        handler_of=scripted.of,
        timeouts_s=TIMEOUTS_S,
        machines=MACHINES,
        **{"bedrock_url": "http://127.0.0.1:9", "wait_scale": 0.0, **options},
    )
