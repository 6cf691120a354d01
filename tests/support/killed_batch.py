"""A batch in a process of its own that is killed somewhere (SIGKILL), and the same command again: what came of it.

The stand-in lives in the caller's process, so it survives the kill and goes on counting.
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
from tests.support.command import Retake

ITEMS: tuple[dict[str, Any], ...] = (
    {"id": "circle", "prompt": "a red circle above a blue square"},
    {"id": "stars", "prompt": "three green stars"},
    # Worded anew before its first picture, so that a kill can strike a revision too.
    {"id": "moon", "prompt": "夜の海の上の満月"},
    {"id": "house", "prompt": "a house with a yellow door", "max_prompt_revisions": 1, "max_retry_attempts": 2},
    {"id": "boat", "prompt": "two boats on the sea", "max_prompt_revisions": 1, "max_retry_attempts": 2},
)
CONCURRENCY = 2
# Before that, Python itself is not there yet.
EARLIEST_S = 1.0
_MANIFEST = "prompts.jsonl"
QUICK_S = 0.2
"""What a picture takes in a test; a question to Claude takes a quarter of it."""
_NOT_COMPARED = {"cost_usd", "duration_s"}


class CountingStandIn(StandIn):
    """A stand-in that knows which questions were answered how often, and how many calls are under way."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.paid: Counter[str] = Counter()
        self._under_way = 0
        self._counting = threading.Lock()

    def answer(self, model_id: str, action: str, body: bytes) -> Any:
        with self._counting:
            self._under_way += 1
        answer = super().answer(model_id, action, body)
        with self._counting:
            self._under_way -= 1
            if answer is not None and answer.status == 200:
                self.paid[f"{action} {model_id} {hashlib.sha256(body).hexdigest()}"] += 1
        return answer

    def rest(self) -> None:
        """Wait for the calls whose caller has gone: they are paid for all the same."""
        while self._under_way:
            time.sleep(0.01)


@dataclass(frozen=True)
class Ended:
    """How a batch that came to its end did so."""

    code: int
    outcomes: dict[str, dict[str, Any]]
    """By item: its row, without what a repeated call changes, with its picture's seed and SHA-256."""
    cost_usd: float
    paid: Counter[str]
    """How often each question was answered; the same body of the same operation is the same question."""
    wall_s: float


@dataclass(frozen=True)
class Killed:
    """How a batch that was killed once ended."""

    ended: Ended
    was_running: bool
    """False where the process had come to its end before the signal."""
    in_flight: int
    """Calls that had been begun, in steps whose record was not there yet: what they gave died with the process."""
    written: int
    """Items that had their result by then."""
    had_begun: bool
    """Whether an item had been begun."""

    def same_results_as(self, undisturbed: Ended) -> bool:
        """Whether every item came out as it does when nobody kills the batch, by the same questions."""
        missing = undisturbed.paid - self.ended.paid
        return (self.ended.code, self.ended.outcomes) == (undisturbed.code, undisturbed.outcomes) and not missing

    def paid_again(self, undisturbed: Ended) -> int:
        """Calls that were paid for and that an undisturbed batch does not make."""
        return (self.ended.paid - undisturbed.paid).total()

    def paid_beyond_in_flight(self, undisturbed: Ended) -> int:
        """Those of them that were not in flight at the kill."""
        return max(0, self.paid_again(undisturbed) - self.in_flight)


def undisturbed_batch(folder: Path, image_latency_s: float = QUICK_S) -> Ended:
    """The batch from its beginning to its end, in an empty folder."""
    with _batch(folder, image_latency_s) as (retake, bedrock, arguments):
        return _run(retake, bedrock, arguments)


def killed_batch(folder: Path, after_s: float, image_latency_s: float = QUICK_S) -> Killed:
    """The batch, killed `after_s` seconds after its process was started, and then run to its end by the same command."""
    with _batch(folder, image_latency_s) as (retake, bedrock, arguments):
        process = retake.start(*arguments, environment=_reaching(bedrock))
        time.sleep(after_s)
        was_running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        bedrock.rest()
        out = retake.folder / "out"
        in_flight, written = _in_flight(out), len(list(out.glob("*--*/result.json")))
        had_begun = any(out.glob("*--*"))
        return Killed(_run(retake, bedrock, arguments), was_running, in_flight, written, had_begun)


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
            retake.end()


def _run(retake: Retake, bedrock: CountingStandIn, arguments: tuple[str, ...]) -> Ended:
    started_s = time.monotonic()
    done = retake.apart(*arguments, environment=_reaching(bedrock))
    wall_s = time.monotonic() - started_s
    if done.code not in (0, 1):
        raise RuntimeError(f"the batch did not come to its end: {done.stderr}")
    out = retake.folder / "out"
    return Ended(done.code, _outcomes(out), done.result["cost"]["total_usd"], Counter(bedrock.paid), wall_s)


def _reaching(bedrock: StandIn) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock.url,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


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
                raise RuntimeError(f"{file} is not the picture that its result tells of")
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
