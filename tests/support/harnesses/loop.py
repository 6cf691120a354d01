"""One run of the shipped loop and handlers, against the stand-in over HTTP."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.runtime.settings import Settings
from retake.emulator.cloud import LocalCloud
from retake.view.outcome import Outcome
from tests.support.harnesses.local_cloud import BUCKET, answer_of, local_cloud

READ_TIMEOUT_S = 2.0
SETTINGS = Settings(
    bucket=BUCKET, extra_model_ids=("*",), image_read_timeout_s=READ_TIMEOUT_S, claude_read_timeout_s=10.0
)


@dataclass
class EndedRun:
    """How one run ended, and what it left."""

    outcome: Outcome
    """What the caller of StartExecution gets."""
    answer: dict[str, Any]
    """The execution's output or, where it failed, the object in its cause."""
    folder: Path
    """The run's own folder."""
    calls: list[Any]
    """The calls that reached the stand-in."""

    def json(self, name: str) -> dict[str, Any]:
        """Return the object of one record."""
        found: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return found

    def paid(self) -> tuple[int, ...]:
        """Count the answered calls: requirements, images, verdicts, prompts, coverage checks."""
        return tuple(
            sum(call.operation == operation and call.status == 200 for call in self.calls)
            for operation in ("requirements", "image", "verdict", "prompt", "coverage")
        )

    def files(self) -> set[str]:
        """Return the names of the run's files."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}


def execute_on_moto(cloud: LocalCloud, name: str, event: Any) -> Outcome:
    """Execute the loop with the interpreter that Retake ships, and wait for its end."""
    return cloud.wait(cloud.start("loop", name, event), timeout_s=60)


def run(
    out: Path,
    event: Any,
    *,
    faults: tuple[dict[str, Any], ...] = (),
    name: str = "run",
    before_start: Callable[[LocalCloud], object] = lambda cloud: None,
    execute: Callable[[LocalCloud, str, Any], Outcome] = execute_on_moto,
    stand_in_options: dict[str, Any] | None = None,
    **cloud_options: Any,
) -> EndedRun:
    """Run one event to its end. The painter errs only by `faults`."""
    # Without shortcuts the functions' requests to S3 are serialised and parsed, as in AWS.
    cloud_options = {"shortcuts": False, **cloud_options}
    with local_cloud(out, SETTINGS, faults=faults, stand_in_options=stand_in_options, **cloud_options) as running:
        cloud, bedrock = running
        if isinstance(event, dict) and event.get("run_id"):
            cloud.restore_run(event["run_id"])
        before_start(cloud)
        outcome = execute(cloud, name, event)
        calls = list(bedrock.calls)
    answer = answer_of(outcome)
    return EndedRun(outcome, answer, out / (answer.get("run_id") or name), calls)
