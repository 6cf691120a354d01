"""The handlers of one run in memory, with boto3's own client against the stand-in over HTTP.

The state machine's retries are a loop here; tests/loop runs a few of the faults on the machine itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.core.models import image as image_models
from lambdas.core.models.claude import converse
from lambdas.core.money.ledger import PaidCall
from lambdas.core.run.state import RunState
from lambdas.core.runtime.errors import RETRIED_ERRORS, ModelAnswerError
from lambdas.generate import handler as generate
from lambdas.prepare.requirements import write_requirements
from lambdas.revise import handler as revise
from lambdas.validate import handler as validate
from standin import Options, StandIn, read_faults
from tests.support.factories.sample_run import SampleRun, night_picture
from tests.support.fakes.lambda_context import LambdaContext
from tests.support.fakes.memory_folder import MemoryFolder
from tests.support.harnesses.stand_in_client import client

TRIES = 3

_PROMPT = "a red circle above a blue square"
# The stand-in understands all of it, so its coverage check sends no wording back.
_REQUIREMENTS = [
    {"id": "r1", "kind": "object", "text": "a red circle", "question": "Which shapes are red?", "must": True},
    {"id": "r4", "kind": "object", "text": "a blue square", "question": "Which shapes are blue?", "must": True},
]


@dataclass
class Bench:
    """A prepared run in memory, and the stand-in that its handlers ask."""

    run: SampleRun
    bedrock: StandIn
    errors: list[Exception] = field(default_factory=list)

    @property
    def folder(self) -> MemoryFolder:
        """The run's folder."""
        return self.run.folder

    def event(self, revision: int, attempt: int = 1) -> Any:
        """Return the event of a handler for this attempt."""
        state = RunState.of(self.run.asked).to_state()
        return {"run": state, "revision": revision, "attempt": attempt, "spent_usd": 0.0}

    def generate(self, attempt: int = 1) -> Any:
        """Take the step Generate image."""
        return generate.handler(self.event(0, attempt), LambdaContext())

    def derive(self) -> Any:
        """Derive the requirements anew, as Prepare does."""
        self.folder.files.pop("requirements.json", None)
        ledger = RunState.of(self.run.asked).open_ledger("requirements", self.run.asked, 0.0)
        return write_requirements(self.folder, self.run.asked, ledger)

    def validate(self) -> Any:
        """Take the step Validate image. If there is no attempt yet, it has one with a picture."""
        if not self.folder.read_json("r00/a01/attempt.json"):
            self.run.attempt(0, 1, [night_picture(1)])
        return validate.handler(self.event(0), LambdaContext())

    def revise(self) -> Any:
        """Take the step Revise prompt. If there is no attempt yet, it has one that missed a requirement."""
        if not self.folder.read_json("r00/a01/attempt.json"):
            self.run.attempt(0, 1, [night_picture(1)], [{"r4": "open water"}])
        event = {name: value for name, value in self.event(1).items() if name != "attempt"}
        return revise.handler(event, LambdaContext())  # type: ignore[arg-type]

    def retried(self, step: Callable[["Bench"], Any]) -> Any:
        """Take a step as the state machine does: again after an error that it retries."""
        for _ in range(TRIES):
            try:
                return step(self)
            except (*RETRIED_ERRORS, ModelAnswerError) as error:
                self.errors.append(error)
        return None

    def ledger(self, step: str) -> list[PaidCall]:
        """Return the paid calls of a step."""
        document = self.folder.read_json(f"ledger/{step}.json") or {"calls": []}
        return [PaidCall(**call) for call in document["calls"]]


@contextmanager
def benches(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Bench]]:
    """Give a function that makes a bench with these faults and fields of the request."""
    open_stand_ins: list[StandIn] = []

    def make(*faults: dict[str, Any], **fields: Any) -> Bench:
        bedrock = StandIn(Options(error_rate=0, picture_side_px=128, faults=read_faults(list(faults))))
        bedrock.start()
        open_stand_ins.append(bedrock)
        runtime = client(bedrock.url)
        monkeypatch.setattr(image_models, "bedrock_for_images", lambda: runtime)
        monkeypatch.setattr(converse, "bedrock_for_claude", lambda: runtime)
        run = SampleRun({"prompt": _PROMPT, **fields}, requirements=_REQUIREMENTS)
        run.wording(0)
        monkeypatch.setattr(RunState, "folder", run.folder)
        return Bench(run, bedrock)

    try:
        yield make
    finally:
        for bedrock in open_stand_ins:
            bedrock.stop()
