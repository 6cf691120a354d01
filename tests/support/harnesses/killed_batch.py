"""`retake batch` in a process of its own, killed (SIGKILL) and started again by the same command.

The stand-in runs in the caller's process, so it survives the kill and continues to count.
"""

import hashlib
import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standin import Options, StandIn
from tests.support.harnesses.bedrock_endpoint import bedrock_environment
from tests.support.harnesses.command import Retake

ITEMS: tuple[dict[str, Any], ...] = (
    {"id": "circle", "prompt": "a red circle above a blue square"},
    {"id": "stars", "prompt": "three green stars"},
    # Revised before its first picture, so that a kill can strike a revision too.
    {"id": "moon", "prompt": "夜の海の上の満月"},
    {"id": "house", "prompt": "a house with a yellow door", "max_prompt_revisions": 1, "max_retry_attempts": 2},
    {"id": "boat", "prompt": "two boats on the sea", "max_prompt_revisions": 1, "max_retry_attempts": 2},
)
CONCURRENCY = 2
# Until then Python itself is still starting.
EARLIEST_S = 1.0
_MANIFEST = "prompts.jsonl"
QUICK_S = 0.2
"""The latency of a picture in a test. A question to Claude takes a quarter of it."""
_NOT_COMPARED = {"cost_usd", "duration_s"}


class CountingStandIn(StandIn):
    """A stand-in that counts how often each question was answered, and the calls under way."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.paid: Counter[str] = Counter()
        self._under_way = 0
        self._counting = threading.Lock()

    def answer(self, model_id: str, action: str, body: bytes, region: str = "") -> Any:
        with self._counting:
            self._under_way += 1
        answer = super().answer(model_id, action, body, region)
        with self._counting:
            self._under_way -= 1
            if answer is not None and answer.status == 200:
                self.paid[f"{action} {model_id} {hashlib.sha256(body).hexdigest()}"] += 1
        return answer

    def wait_until_idle(self) -> None:
        """Wait for the calls under way. They are paid even if their caller is gone."""
        while self._under_way:
            time.sleep(0.01)


@dataclass(frozen=True)
class EndedBatch:
    """How a batch ended."""

    code: int
    outcomes: dict[str, dict[str, Any]]
    """By item: its row, except the fields that a repeated call changes, and its picture's seed and SHA-256."""
    cost_usd: float
    paid: Counter[str]
    """How often each question was answered. Equal bodies of one operation are the same question."""
    wall_s: float


@dataclass(frozen=True)
class KilledBatch:
    """How a batch that was killed once ended."""

    ended: EndedBatch
    was_running: bool
    """Whether the process still ran when it was killed."""
    in_flight: int
    """Calls that had begun, in steps without a record yet. Their answers died with the process."""
    written: int
    """Items that had their result when the process was killed."""
    had_begun: bool
    """Whether an item had begun."""

    def has_results_of(self, undisturbed: EndedBatch) -> bool:
        """Whether every item ended as in an undisturbed batch, after the same questions."""
        missing = undisturbed.paid - self.ended.paid
        return (self.ended.code, self.ended.outcomes) == (undisturbed.code, undisturbed.outcomes) and not missing

    def paid_again(self, undisturbed: EndedBatch) -> int:
        """Count the paid calls that an undisturbed batch does not make."""
        return (self.ended.paid - undisturbed.paid).total()

    def paid_beyond_in_flight(self, undisturbed: EndedBatch) -> int:
        """Count those of them that were not in flight at the kill."""
        return max(0, self.paid_again(undisturbed) - self.in_flight)


def run_undisturbed(folder: Path, image_latency_s: float = QUICK_S) -> EndedBatch:
    """Run the batch in an empty folder, and do not kill it."""
    with _batch(folder, image_latency_s) as (retake, bedrock, arguments):
        return _run(retake, bedrock, arguments)


def run_killed(folder: Path, after_s: float, image_latency_s: float = QUICK_S) -> KilledBatch:
    """Kill the batch `after_s` seconds after its process started, then run it to its end by the same command."""
    with _batch(folder, image_latency_s) as (retake, bedrock, arguments):
        process = retake.start(*arguments, environment=bedrock_environment(bedrock))
        time.sleep(after_s)
        was_running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        bedrock.wait_until_idle()
        out = retake.folder / "out"
        in_flight, written = _in_flight(out), len(list(out.glob("*--*/result.json")))
        had_begun = any(out.glob("*--*"))
        return KilledBatch(_run(retake, bedrock, arguments), was_running, in_flight, written, had_begun)


@contextmanager
def _batch(folder: Path, image_latency_s: float) -> Iterator[tuple[Retake, CountingStandIn, tuple[str, ...]]]:
    work, site = folder / "work", folder / "site"
    work.mkdir()
    site.mkdir()
    lines = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in ITEMS)
    (work / _MANIFEST).write_text(lines, encoding="utf-8")
    retake = Retake(work, site)
    arguments = ("batch", _MANIFEST, "--bedrock", "aws", "--max-concurrency", str(CONCURRENCY), "--json")
    options = Options(
        image_latency_s=image_latency_s, claude_latency_s=image_latency_s / 4, picture_side_px=256, error_rate=0.3
    )
    with CountingStandIn(options) as bedrock:
        try:
            yield retake, bedrock, arguments
        finally:
            retake.kill_all()


def _run(retake: Retake, bedrock: CountingStandIn, arguments: tuple[str, ...]) -> EndedBatch:
    started_s = time.monotonic()
    done = retake.run_process(*arguments, environment=bedrock_environment(bedrock))
    wall_s = time.monotonic() - started_s
    if done.code not in (0, 1):
        raise RuntimeError(f"the batch did not end: {done.stderr}")
    out = retake.folder / "out"
    return EndedBatch(done.code, _outcomes(out), done.result["cost"]["total_usd"], Counter(bedrock.paid), wall_s)


def _outcomes(out: Path) -> dict[str, dict[str, Any]]:
    (results,) = out.glob("batch/*/results.jsonl")
    outcomes: dict[str, dict[str, Any]] = {}
    for row in map(json.loads, results.read_text(encoding="utf-8").splitlines()):
        if row["item_id"] in outcomes:
            raise RuntimeError(f"{row['item_id']} has two rows")
        picture = None
        if row["image"]:
            (result,) = out.glob(f"*--{row['item_id']}/result.json")
            picture = json.loads(result.read_text(encoding="utf-8"))["image"]
            # The folder leaves out the prefix, `generated-images/`.
            file = out / picture["key"].partition("/")[2]
            if hashlib.sha256(file.read_bytes()).hexdigest() != picture["sha256"]:
                raise RuntimeError(f"{file} is not the picture that its result names")
        kept = {name: value for name, value in row.items() if name not in _NOT_COMPARED}
        outcomes[row["item_id"]] = {**kept, **{name: picture and picture[name] for name in ("seed", "sha256")}}
    return outcomes


def _in_flight(out: Path) -> int:
    count = 0
    for ledger in out.glob("*--*/ledger/*.json"):
        # ledger/r00-a01-image.json belongs to r00/a01/image-1.png, ledger/requirements.json to requirements.json.
        record = ledger.stem.replace("-", "/")
        if not any(ledger.parent.parent.glob(f"{record}*")):
            count += len(json.loads(ledger.read_text(encoding="utf-8"))["calls"])
    return count
