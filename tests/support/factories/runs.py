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


def accepted_run() -> tuple[History, dict[str, Any]]:
    """Return a run of a Japanese prompt that was translated, revised once more after a failure, and accepted."""
    run = SampleRun(
        {
            "prompt": "月明かりの夜の海。オーロラが空に広がり、海には流氷が浮かぶ。月は一つだけ。",
            "max_retry_attempts": 3,
        },
        warnings=["claude_validate_temperature: Claude Haiku 5.5 takes no sampling parameters; it was left out"],
        language="ja",
    )
    run.wording(0, unusable="language")
    run.wording(
        1,
        "A moonlit night sea. An aurora spreads across the sky, drift ice floats on the sea. Only one moon.",
        why="language",
        changes="Translated into English for the image model; nothing was added.",
    )
    run.attempt(
        1,
        1,
        [night_picture(11, "a green aurora"), night_picture(12, "one full moon, a green aurora")],
        [{"r3": "no moon", "r4": "open water"}, {"r4": "open water, no ice"}],
    )
    run.attempt(
        1,
        2,
        [night_picture(13, "one full moon, drift ice"), night_picture(14, "drift ice")],
        [{"r2": "a dark sky with stars only"}, {"r2": "stars", "r3": "no moon"}],
    )
    run.attempt(
        1, 3, [], outcome="BLOCKED_OUTPUT", reason="The generated image was blocked by the service's content filters."
    )
    run.wording(
        2,
        "A wide night seascape in moonlight: a bright green aurora fills the upper sky, exactly one full moon, and many "
        "flat white pieces of drift ice float on the dark sea in the foreground.",
        negative_prompt="second moon, daylight, text",
        why="failed",
        changes="Named the drift ice and the aurora as the main subjects and said where they are: both were often missing.",
    )
    run.attempt(
        2,
        1,
        [night_picture(15, "one full moon, a green aurora"), night_picture(16, "one full moon")],
        [{"r4": "open water", "r5": "a busy scene"}, {"r2": "no", "r4": "no"}],
    )
    run.attempt(
        2, 2, [night_picture(17), night_picture(18, "a green aurora, drift ice")], [{}, {"r3": "no moon is seen"}]
    )
    return run.end("ACCEPTED")


def exhausted_run() -> tuple[History, dict[str, Any]]:
    """Return a run that reached its limits, with every kind of frame that holds no picture."""
    run = SampleRun({"max_retry_attempts": 6, "max_prompt_revisions": 0, "negative_prompt": "daylight"})
    run.wording(0)
    run.attempt(0, 1, [night_picture(21, "one full moon, a green aurora")], [{"r4": "open water"}])
    run.attempt(0, 2, [None], [{"r2": "stars only", "r4": "open water"}])
    run.attempt(
        0,
        3,
        [b"\x89PNG\r\n\x1a\n" + b"not a picture" * 20],
        [dict.fromkeys(("r1", "r2", "r3", "r4", "r5"), "nothing")],
    )
    run.attempt(0, 4, [night_picture(24)[:3_000]], [{"r1": "day", "r2": "no", "r3": "two", "r4": "no"}])
    run.attempt(
        0, 5, [], outcome="BLOCKED_OUTPUT", reason="The generated image was blocked by the service's content filters."
    )
    run.attempt(0, 6, [night_picture(26)])
    return run.end("EXHAUSTED")


def blocked_run() -> tuple[History, dict[str, Any]]:
    """Return a run without a picture: the filter refused the prompt."""
    run = SampleRun({"max_prompt_revisions": 0})
    run.wording(0)
    run.attempt(0, 1, [], outcome="BLOCKED_PROMPT", reason="The prompt was blocked by the service's content filters.")
    return run.end("EXHAUSTED")


def failed_run() -> tuple[History, dict[str, Any]]:
    """Return a run that ended with a fault before its first attempt."""
    run = SampleRun()
    return run.end(
        "ERROR",
        "ModelAccessError",
        "this role may not call stability.stable-image-core-v1:1\nask an administrator",
    )


def reworded_run(attempts: int = 6) -> tuple[History, dict[str, Any]]:
    """Return a run of three wordings whose attempts end alike, made by the stand-in."""
    run = SampleRun({"max_retry_attempts": attempts, "max_prompt_revisions": 2}, engine="stand-in")
    prompt = "A night sea under an aurora, with the moon and drift ice"
    run.wording(0, prompt)
    run.wording(1, f"A wide {prompt[2:]}", why="failed", changes="Widened the view.")
    run.wording(2, f"A wide night sea with many pieces of drift ice, {prompt[12:30]}", why="failed", doubts="one moon")
    picture = night_picture(31, "one full moon, a green aurora")
    for revision in range(3):
        for attempt in range(1, attempts + 1):
            run.attempt(revision, attempt, [picture], [{"r4": "open water"}])
    return run.end("EXHAUSTED")


def long_run(wordings: int, attempts: int, bodies: list[bytes]) -> tuple[History, dict[str, Any]]:
    """Return a run of many attempts, whose candidates are `bodies`, rotated by one from attempt to attempt."""
    run = SampleRun(
        {
            "max_retry_attempts": attempts,
            "max_prompt_revisions": wordings - 1,
            "titan_img_number_of_images": len(bodies),
        }
    )
    for revision in range(wordings):
        run.wording(revision, changes="Said more plainly what floats on the sea." if revision else None)
        for attempt in range(1, attempts + 1):
            turn = (revision + attempt) % len(bodies)
            misses = [{"r4": "open water"} for _ in bodies]
            run.attempt(revision, attempt, bodies[turn:] + bodies[:turn], misses)
    return run.end("EXHAUSTED")


HOSTILE = (
    "<script>window.owned = 1</script>",
    '"><img src="https://attacker.example/x.png" onerror="window.owned = 2">',
    "' onmouseover='window.owned = 3' style='position:fixed;inset:0'",
    "{{ 7 * 7 }} {% for x in y %} {# gone #} ${7*7}",
    "javascript:window.owned=4",
    "</style><style>body{display:none}</style>",
    '</title><base href="https://attacker.example/"><meta http-equiv="refresh" content="0;url=https://attacker.example/">',
    '</details></p></section><iframe src="https://attacker.example/"></iframe>',
    "<!-- gone --> &lt;b&gt; &amp; \u202eback to front",
)
"""Texts that the page must show as they are written, and that must do nothing."""


def hostile_run() -> tuple[History, dict[str, Any]]:
    """Return a run in which every text of a user or a model is hostile."""
    everything = "\n".join(HOSTILE)
    run = SampleRun(
        {"prompt": everything, "negative_prompt": everything, "max_retry_attempts": 1},
        requirements=[
            {"id": f"r{place}", "kind": "object", "text": text, "question": text, "must": True}
            for place, text in enumerate(HOSTILE, start=1)
        ],
        warnings=list(HOSTILE),
        language='en"><script>window.owned = 5</script>',
    )
    run.wording(0)
    run.attempt(0, 1, [night_picture(1)], [{f"r{place}": text for place, text in enumerate(HOSTILE, start=1)}])
    run.wording(1, everything, negative_prompt=everything, why="failed", changes=everything, doubts=everything)
    run.attempt(1, 1, [], outcome="BLOCKED_OUTPUT", reason=HOSTILE[1])
    return run.end("ERROR", HOSTILE[0], everything)
