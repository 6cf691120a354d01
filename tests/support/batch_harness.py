"""Batches on the shipped machine and handlers, against the stand-in: one local cloud for all tests of a module."""

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
from standin import Options, StandIn
from standin.faults import read_faults

BUCKET = "retake-local"
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
    """results.jsonl as it was when the batch ended: the next start writes it anew."""

    def rows(self) -> dict[str, dict[str, Any]]:
        """The results by item id."""
        return {row["item_id"]: row for row in map(json.loads, self.results.splitlines())}

    def rejected(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "rejected.jsonl").read_text(encoding="utf-8").splitlines()]

    def paid(self, operation: str = "image") -> int:
        return sum(call.operation == operation and call.status == 200 for call in self.calls)


@dataclass
class Batches:
    """A local cloud, and the stand-in that it calls."""

    cloud: LocalCloud
    bedrock: StandIn
    root: Path

    def upload(self, key: str, content: Any, defaults: dict[str, Any] | None = None) -> None:
        """Put a manifest: bytes as they are, a list as JSON lines."""
        body = content if isinstance(content, bytes) else "\n".join(map(json.dumps, content)).encode()
        self.cloud.clients.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        if defaults is not None:
            name = key.rpartition(".")[0] + ".defaults.json"
            self.cloud.clients.s3.put_object(Bucket=BUCKET, Key=name, Body=json.dumps(defaults).encode())

    def start(self, key: str, **event: Any) -> str:
        return self.cloud.start("batch", f"batch-{next(_numbers)}", {"bucket": BUCKET, "key": key, **event})

    def ended(self, execution: str, before: int = 0, timeout_s: float = 120) -> Batch:
        outcome = self.cloud.wait(execution, timeout_s=timeout_s)
        summary = outcome.output if outcome.status == "SUCCEEDED" else json.loads(outcome.cause or "{}")
        folder = self.root / "batch" / str(summary.get("batch_id"))
        results = folder / "results.jsonl"
        told = results.read_text(encoding="utf-8") if results.exists() else ""
        return Batch(outcome, summary, folder, list(self.bedrock.calls)[before:], told)

    def run(self, key: str, content: Any = None, defaults: dict[str, Any] | None = None, **event: Any) -> Batch:
        """Put the manifest, if one is given, and run it to its end."""
        if content is not None:
            self.upload(key, content, defaults)
        before = len(self.bedrock.calls)
        return self.ended(self.start(key, **event), before)


@contextmanager
def batches(
    root: Path,
    *,
    faults: tuple[dict[str, Any], ...] = (),
    handler_of: Callable[[str], Handler] = shipped_handler,
    **settings: Any,
) -> Iterator[Batches]:
    """A local cloud whose painter errs only by `faults`, and whose retries do not wait."""
    given = Settings(bucket=BUCKET, image_read_timeout_s=5.0, claude_read_timeout_s=10.0, **settings)
    options = Options(error_rate=0.0, picture_side_px=256, faults=read_faults(json.dumps(faults)))
    with (
        StandIn(options) as bedrock,
        LocalCloud(
            root,
            bedrock_url=bedrock.url,
            settings_environment=given.to_environment(),
            wait_scale=0.0,
            handler_of=handler_of,
        ) as cloud,
    ):
        yield Batches(cloud, bedrock, root)
