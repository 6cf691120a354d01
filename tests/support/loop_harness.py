"""One run of the shipped machine and handlers, against the stand-in over HTTP."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.runtime.settings import Settings
from retake.emulator.cloud import LocalCloud
from retake.view.outcome import Outcome
from standin import Options, StandIn
from standin.faults import read_faults

ANY_MODEL = ("*",)
READ_TIMEOUT_S = 2.0


@dataclass
class Ran:
    """How one run ended, and what it left."""

    outcome: Outcome
    """As StartExecution's caller sees it."""
    told: dict[str, Any]
    """The execution's output, or the object in its cause."""
    folder: Path
    """The run's own folder."""
    calls: list[Any]
    """The calls that reached the stand-in."""

    def json(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return found

    def paid(self) -> tuple[int, ...]:
        """Answered calls: requirements, images, verdicts, prompts, coverage checks."""
        return tuple(
            sum(call.operation == operation and call.status == 200 for call in self.calls)
            for operation in ("requirements", "image", "verdict", "prompt", "coverage")
        )

    def files(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}


def run(
    out: Path,
    event: Any,
    *,
    faults: tuple[dict[str, Any], ...] = (),
    name: str = "run",
    prepare: Callable[[LocalCloud], object] = lambda cloud: None,
    options: dict[str, Any] | None = None,
    **cloud_options: Any,
) -> Ran:
    """Run one event to its end. `prepare` may tamper with the cloud before; the painter errs only by `faults`."""
    settings = Settings(
        bucket="retake-local",
        extra_model_ids=ANY_MODEL,
        image_read_timeout_s=READ_TIMEOUT_S,
        claude_read_timeout_s=10.0,
    )
    standing = Options(
        **{"error_rate": 0.0, "picture_side_px": 256, "faults": read_faults(json.dumps(faults)), **(options or {})}
    )
    with (
        StandIn(standing) as bedrock,
        LocalCloud(
            out,
            bedrock_url=bedrock.url,
            settings_environment=settings.to_environment(),
            wait_scale=0.0,
            # As in AWS: what the functions ask of S3 is serialised, and parsed again.
            shortcuts=False,
            **cloud_options,
        ) as cloud,
    ):
        if isinstance(event, dict) and event.get("run_id"):
            cloud.restore_run(event["run_id"])
        prepare(cloud)
        outcome = cloud.wait(cloud.start("loop", name, event), timeout_s=60)
        calls = list(bedrock.calls)
    told = outcome.output if outcome.status == "SUCCEEDED" else json.loads(outcome.cause or "{}")
    run_id = told.get("run_id") or name
    return Ran(outcome, told, out / run_id, calls)
