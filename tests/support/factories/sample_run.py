"""The records of a run, in a folder in memory, as Conclude finds them when the run has ended."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lambdas.core.request.content import content_sha256
from lambdas.core.request.request import Request
from lambdas.core.run.history import History, read_history
from lambdas.core.run.result import Ending, build_result
from standin import Options
from standin.scenes.painter import paint
from tests.support.fakes.memory_folder import MemoryFolder

REQUEST: dict[str, Any] = {
    "prompt": "A night landscape: the moon and an aurora above the sea, drift ice on the water",
    "output_s3_bucket_name": "pictures",
    "image_model_id": "stability.stable-image-core-v1:1",
    "validate_model_id": "us.anthropic.claude-haiku-5-5",
    "revise_model_id": "us.anthropic.claude-sonnet-5-5",
    "max_cost_usd": 5.0,
    "run_id": "night-by-the-sea",
}
REQUIREMENTS = [
    {"id": "r1", "kind": "setting", "text": "it is night", "question": "What time of day is it?", "must": True},
    {"id": "r2", "kind": "object", "text": "an aurora in the sky", "question": "What lights the sky?", "must": True},
    {"id": "r3", "kind": "count", "text": "exactly one moon", "question": "How many moons are there?", "must": True},
    {"id": "r4", "kind": "object", "text": "drift ice on the sea", "question": "What floats on the sea?", "must": True},
    {"id": "r5", "kind": "style", "text": "a calm mood", "question": "What mood does it have?", "must": False},
]


def night_picture(seed: int, things: str = "one full moon, a green aurora, drift ice", side_px: int = 512) -> bytes:
    """Return a PNG of these things at night by the sea, different for every seed."""
    out = io.BytesIO()
    paint(f"night sky, stars, dark sea, {things}", "", seed, side_px, side_px, Options(error_rate=0.0)).save(out, "PNG")
    return out.getvalue()


def request_record(request: Request, warnings: Sequence[str] = ()) -> dict[str, Any]:
    """Return the object that Prepare writes into request.json."""
    return {
        "execution": "e1",
        "resumed": False,
        "content_sha256": content_sha256(request),
        "warnings": list(warnings),
        "request": request.to_record(),
    }


@dataclass
class SampleRun:
    """A run whose records are written step by step, as the handlers write them."""

    request: dict[str, Any] = field(default_factory=dict)
    requirements: list[dict[str, Any]] = field(default_factory=lambda: REQUIREMENTS)
    warnings: list[str] = field(default_factory=list)
    language: str = "en"
    engine: str = "bedrock"

    def __post_init__(self) -> None:
        self.asked = Request(**{**REQUEST, **self.request})
        self.folder = MemoryFolder("pictures", "generated-images", self.asked.run_id)
        self.folder.write_json("request.json", request_record(self.asked, self.warnings))
        self.folder.write_json("requirements.json", {"language": self.language, "requirements": self.requirements})

    def wording(self, revision: int, prompt: str | None = None, **record: Any) -> None:
        """Write a wording of the prompt."""
        own = {"prompt": prompt or self.asked.prompt, "negative_prompt": self.asked.negative_prompt, "unusable": None}
        language = self.language if revision == 0 else "en"
        self.folder.write_json(
            f"r{revision:02d}/prompt.json",
            {"revision": revision, "language": language, "changes": None, "cost_usd": 0.0047, **own, **record},
        )
        if revision:
            self._pay("claude", f"r{revision:02d}-prompt", 0.0047)

    def attempt(
        self,
        revision: int,
        attempt: int,
        bodies: Sequence[bytes | None],
        misses: list[dict[str, str]] | None = None,
        *,
        uncertain: Sequence[str] = (),
        **record: Any,
    ) -> None:
        """Write an attempt.

        bodies: the bytes of its pictures; None for one that is recorded but missing.
        misses: for each picture, the requirements it does not meet, id → observed; None writes no verdict.
        uncertain: the ids among them that the judge could not decide.
        """
        here, seed = f"r{revision:02d}/a{attempt:02d}", 1_000_003 * (revision + 1) + attempt * 7_919
        images = []
        for number, body in enumerate(bodies, start=1):
            name = f"{here}/image-{number}.png"
            images.append({"name": name, "seed": seed + number - 1, "width": 512, "height": 512, "sha256": "0" * 64})
            if body is not None:
                self.folder.write(name, body, "image/png")
        known = {"outcome": "PICTURES", "reason": None, "seed": seed, "latency_s": 6.2 + attempt / 10, "images": images}
        known["cost_usd"] = 0.04 * len(bodies)
        self.folder.write_json(f"{here}/attempt.json", {"revision": revision, "attempt": attempt, **known, **record})
        self._pay("image", f"{here}-image".replace("/", "-"), 0.04 * len(bodies))
        if misses is not None:
            self.folder.write_json(f"{here}/verdict.json", self._verdict(misses, uncertain))
            self._pay("claude", f"{here}-verdict".replace("/", "-"), 0.0021)

    def history(self) -> History:
        """Return the history of the records so far."""
        history = read_history(self.folder)
        assert history is not None
        return history

    def end(self, status: str, error: str | None = None, message: str | None = None) -> tuple[History, dict[str, Any]]:
        """Return the history and the result that Conclude would pass to the proof sheet."""
        history = self.history()
        started, ended = datetime(2026, 11, 21, 6, tzinfo=UTC), datetime(2026, 11, 21, 6, 1, 22, tzinfo=UTC)
        return history, build_result(history, history.request.run_id, Ending(status, error, message), started, ended)

    def _verdict(self, misses: list[dict[str, str]], uncertain: Sequence[str]) -> dict[str, Any]:
        checks = [
            {
                "id": item["id"],
                "candidate": number,
                "observed": missed.get(item["id"], f"yes: {item['text']}"),
                "met": item["id"] not in missed,
                "certain": item["id"] not in missed or item["id"] not in uncertain,
            }
            for number, missed in enumerate(misses, start=1)
            for item in self.requirements
        ]
        best = min(range(len(misses)), key=lambda index: len(misses[index]))
        musts = [item["id"] for item in self.requirements if item["must"]]
        missed = [name for name in musts if name in misses[best]]
        failed = [name for name in missed if name not in uncertain]
        met = len(self.requirements) - len(misses[best])
        return {
            "result": "NO" if missed else "YES",
            "reason": "Seen from the picture alone.",
            "score": round(met / len(self.requirements), 4),
            "candidate": best + 1,
            "failed": failed,
            "uncertain": [name for name in missed if name in uncertain],
            "rank": [len(musts) - len(missed), len(missed) - len(failed), met - len(musts) + len(missed)],
            "checks": checks,
            "facts": {},
            "cost_usd": 0.0021,
        }

    def _pay(self, kind: str, step: str, cost_usd: float) -> None:
        call = {"kind": kind, "purpose": step, "model_id": "any", "reserved_usd": 1.0, "cost_usd": cost_usd}
        call["engine"] = self.engine
        self.folder.write(f"ledger/{step}.json", json.dumps({"calls": [call]}).encode(), "application/json")
