"""The stand-in and the local cloud that calls it over HTTP."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lambdas.core.runtime.settings import Settings
from retake.emulator.cloud import LocalCloud
from retake.view.outcome import Outcome
from standin import Options, StandIn, read_faults

BUCKET = "retake-local"


@contextmanager
def local_cloud(
    root: Path,
    settings: Settings,
    *,
    faults: tuple[dict[str, Any], ...] = (),
    stand_in_options: dict[str, Any] | None = None,
    **cloud_options: Any,
) -> Iterator[tuple[LocalCloud, StandIn]]:
    """Run a cloud in the folder. Its painter errs only by `faults`, and its retries do not wait."""
    options = {"error_rate": 0.0, "picture_side_px": 256, "faults": read_faults(faults), **(stand_in_options or {})}
    environment = settings.to_environment()
    with (
        StandIn(Options(**options)) as bedrock,
        LocalCloud(
            root, bedrock_url=bedrock.url, settings_environment=environment, wait_scale=0.0, **cloud_options
        ) as cloud,
    ):
        yield cloud, bedrock


def answer_of(outcome: Outcome) -> dict[str, Any]:
    """Return the object that an execution answered with: its output or, where it failed, its cause."""
    answer: dict[str, Any] = outcome.output if outcome.status == "SUCCEEDED" else json.loads(outcome.cause or "{}")
    return answer
