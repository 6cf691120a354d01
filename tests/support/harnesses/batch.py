"""Batches on the shipped machine and handlers, against the stand-in over HTTP. A module's tests may share one cloud."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.runtime.settings import Settings
from retake.emulator.cloud import LocalCloud
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from retake.view.outcome import Outcome
from standin import StandIn
from tests.support.harnesses.local_cloud import BUCKET, answer_of, local_cloud

PROMPT = "a red circle above a blue square"
_numbers = itertools.count(1)


@dataclass
class Batch:
    """How one batch ended."""

    outcome: Outcome
    summary: dict[str, Any]
    folder: Path
    """The batch's own folder; empty where it has none."""
    calls: list[Any]
    """The calls that reached the stand-in."""
    results: str
    """results.jsonl as it was when the batch ended. The next start overwrites the file."""

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return the results by item id."""
        return {row["item_id"]: row for row in map(json.loads, self.results.splitlines())}

    def rejected(self) -> list[dict[str, Any]]:
        """Return the rejected lines, each with its reason."""
        return [json.loads(line) for line in (self.folder / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]

    def paid(self, operation: str = "image") -> int:
        """Count the answered calls of one operation."""
        return sum(call.operation == operation and call.status == 200 for call in self.calls)


@dataclass
class Batches:
    """A local cloud that runs batches, and the stand-in that it calls."""

    cloud: LocalCloud
    bedrock: StandIn
    root: Path

    def upload(self, key: str, content: Any, defaults: dict[str, Any] | None = None) -> None:
        """Put a manifest and, if given, its defaults. `content` is a list, put as JSON Lines, or raw bytes."""
        body = content if isinstance(content, bytes) else "\n".join(map(json.dumps, content)).encode()
        self.cloud.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        if defaults is not None:
            name = key.rpartition(".")[0] + ".defaults.json"
            self.cloud.clients.s3.put_object(Bucket=BUCKET, Key=name, Body=json.dumps(defaults).encode())

    def start(self, key: str, **event: Any) -> str:
        """Start the batch of a manifest and return the execution's ARN."""
        return self.cloud.start("batch", f"batch-{next(_numbers)}", {"bucket": BUCKET, "key": key, **event})

    def wait(self, execution: str, earlier_calls: int = 0, timeout_s: float = 120) -> Batch:
        """Wait for the end of an execution. `earlier_calls` calls of the stand-in are left out of the batch's own."""
        outcome = self.cloud.wait(execution, timeout_s=timeout_s)
        summary = answer_of(outcome)
        folder = self.root / "batch" / str(summary.get("batch_id"))
        results = folder / "results.jsonl"
        rows = results.read_text(encoding="utf-8") if results.exists() else ""
        return Batch(outcome, summary, folder, list(self.bedrock.calls)[earlier_calls:], rows)

    def run(self, key: str, content: Any = None, defaults: dict[str, Any] | None = None, **event: Any) -> Batch:
        """Put the manifest, if one is given, and run it to its end."""
        if content is not None:
            self.upload(key, content, defaults)
        earlier_calls = len(self.bedrock.calls)
        return self.wait(self.start(key, **event), earlier_calls)


@contextmanager
def batches(
    root: Path,
    *,
    faults: tuple[dict[str, Any], ...] = (),
    handler_of: Callable[[str], Handler] = shipped_handler,
    **settings: Any,
) -> Iterator[Batches]:
    """Run a cloud for batches in the folder. Its painter errs only by `faults`, and its retries do not wait."""
    given = Settings(bucket=BUCKET, image_read_timeout_s=5.0, claude_read_timeout_s=10.0, **settings)
    with local_cloud(root, given, faults=faults, handler_of=handler_of) as (cloud, bedrock):
        yield Batches(cloud, bedrock, root)
