"""Watching a run: each function is called through here, and what it did is read from its records and told."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from lambdas.core.errors import RETRIED_ERRORS, ModelAnswerError
from lambdas.core.observability import logger
from lambdas.core.record import REQUIREMENTS, attempt_folder, wording
from local.moto_lambda import Handler, shipped_handler
from local.progress import AttemptRow, View, printable

_MAX_SHOWN_CHARS = 300
_MAX_OBSERVED_CHARS = 60
_MAX_MISSING = 4
_DOING = {
    "prepare": "preparing: finding what the picture must show",
    "generate": "generating",
    "validate": "judging",
    "revise": "revising the prompt",
    "conclude": "writing the result and the report",
}
# What a function writes when it has done its part: with that there, it only reads.
_RECORD = {
    "prepare": REQUIREMENTS,
    "generate": "{attempt}/attempt.json",
    "validate": "{attempt}/verdict.json",
    "revise": "{wording}/prompt.json",
}
_WHY = {
    "language": "the image model does not read its language",
    "length": "it is longer than the image model takes",
    "blocked": "the content filter refused it",
    "failed": "no attempt met every requirement",
}


class Watch:
    """One run's watch. `folder` is where its records lie on this machine."""

    def __init__(self, folder: Path, view: View) -> None:
        self._folder = folder
        self._view = view
        self._tries: dict[tuple[str, Any, Any], int] = {}
        self._picture_s: float | None = None
        self.concluded: dict[str, Any] | None = None
        """What Conclude answered, once it has."""

    def handler_of(self, function: str) -> Handler:
        """The shipped handler of a function, watched."""
        handler = shipped_handler(function)

        def watched(event: dict[str, Any], context: Any) -> Any:
            self._tell(lambda: self._began(function, event))
            reused = self._has_record(function, event)
            started_s = time.monotonic()
            try:
                answer = handler(event, context)
            except Exception as error:
                fault = error
                self._tell(lambda: self._failed(function, event, fault))
                raise
            duration_s = None if reused else time.monotonic() - started_s
            if function == "conclude":
                self.concluded = answer
            self._tell(lambda: self._ended(function, event, answer, duration_s))
            return answer

        return watched

    def _tell(self, telling: Callable[[], None]) -> None:
        try:
            telling()
        except Exception:  # noqa: BLE001 - a view that fails must not fail a step that was paid for
            logger.exception("progress could not be told")

    def _has_record(self, function: str, event: dict[str, Any]) -> bool:
        return function in _RECORD and (self._folder / _RECORD[function].format(**_folders(event))).exists()

    def _began(self, function: str, event: dict[str, Any]) -> None:
        step = (function, event.get("revision"), event.get("attempt"))
        self._tries[step] = self._tries.get(step, 0) + 1
        if self._tries[step] > 1:
            self._view.line(f"{_label(event)}  {_DOING[function].split(':')[0]}: try {self._tries[step]}")
        self._view.step(f"{_label(event)}  {_DOING[function]}".strip())

    def _failed(self, function: str, event: dict[str, Any], fault: Exception) -> None:
        if not isinstance(fault, (*RETRIED_ERRORS, ModelAnswerError)):
            return  # The run ends with it, and says so at its end.
        what = _DOING[function].split(":")[0]
        said = printable(str(fault), _MAX_SHOWN_CHARS)
        self._view.line(f"{_label(event)}  {what} failed: {type(fault).__name__}: {said}".strip())
        self._view.step(f"{_label(event)}  {what} failed; waiting to try again, or to end".strip())

    def _ended(self, function: str, event: dict[str, Any], answer: dict[str, Any], duration_s: float | None) -> None:
        if answer.get("outcome") == "OVER_BUDGET":
            self._view.line(f"{_label(event)}  not made: it could pass the run's ceiling (max_cost_usd)")
        elif function == "prepare":
            self._prepared(answer, reused=duration_s is None)
        elif function == "revise":
            self._revised(event["revision"], reused=duration_s is None)
        elif function == "generate":
            self._picture_s = duration_s
            if answer["outcome"] != "PICTURES":
                self._blocked(event, answer, duration_s)
        elif function == "validate":
            judged_s, made_s = duration_s, self._picture_s
            both_s = None if judged_s is None and made_s is None else (judged_s or 0.0) + (made_s or 0.0)
            self._judged(event, answer, both_s)

    def _prepared(self, answer: dict[str, Any], *, reused: bool) -> None:
        if answer["ending"] == "DUPLICATE":
            return
        if not (self._folder / REQUIREMENTS).exists():
            return
        texts = [item["text"] for item in self._read(REQUIREMENTS)["requirements"]]
        listed = printable("; ".join(texts), _MAX_SHOWN_CHARS)
        count = "1 requirement" if len(texts) == 1 else f"{len(texts)} requirements"
        self._view.line(f"{count}{' (reused)' if reused else ''}: {listed}")

    def _revised(self, revision: int, *, reused: bool) -> None:
        record = self._read(f"{wording(revision)}/prompt.json")
        name, changes = wording(revision), printable(record["changes"], _MAX_SHOWN_CHARS)
        self._view.line(f"{name}  revised{' (reused)' if reused else ''}, because {_WHY[record['why']]}: {changes}")
        self._view.line(f"{name}  prompt: {printable(record['prompt'], _MAX_SHOWN_CHARS)}")

    def _blocked(self, event: dict[str, Any], answer: dict[str, Any], duration_s: float | None) -> None:
        record = self._read(f"{_folders(event)['attempt']}/attempt.json")
        what = "prompt" if answer["outcome"] == "BLOCKED_PROMPT" else "picture"
        why = f"the content filter refused the {what}"
        self._attempt(event, record["seed"], duration_s, ("BLOCKED", "", why), answer["spent_usd"])

    def _judged(self, event: dict[str, Any], answer: dict[str, Any], duration_s: float | None) -> None:
        here = _folders(event)["attempt"]
        verdict = self._read(f"{here}/verdict.json")
        image = self._read(f"{here}/attempt.json")["images"][verdict["candidate"] - 1]
        checks = {check["id"]: check for check in verdict["checks"] if check["candidate"] == verdict["candidate"]}
        texts = {item["id"]: item["text"] for item in self._read(REQUIREMENTS)["requirements"]}
        missing = [f"{texts[name]} ({_observed(checks[name])})" for name in verdict["failed"][:_MAX_MISSING]]
        if more := len(verdict["failed"]) - len(missing):
            missing.append(f"{more} more")
        score = f"{sum(check['met'] for check in checks.values())}/{len(checks)}"
        told = (verdict["result"], score, "; ".join(missing))
        self._attempt(event, image["seed"], duration_s, told, answer["spent_usd"])

    def _attempt(
        self,
        event: dict[str, Any],
        seed: int | None,
        duration_s: float | None,
        told: tuple[str, str, str],
        spent_usd: float,
    ) -> None:
        verdict, score, missing = told
        self._view.attempt(
            AttemptRow(event["revision"], event["attempt"], seed, duration_s, verdict, score, missing, spent_usd)
        )

    def _read(self, name: str) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads((self._folder / name).read_bytes()))


def _observed(check: dict[str, Any]) -> str:
    return printable(" ".join(check["observed"].split()), _MAX_OBSERVED_CHARS)


def _folders(event: dict[str, Any]) -> dict[str, str]:
    revision, attempt = event.get("revision", 0), event.get("attempt", 1)
    return {"wording": wording(revision), "attempt": attempt_folder(revision, attempt)}


def _label(event: dict[str, Any]) -> str:
    """`r01 a02`, or `r01` for a wording, or nothing for a step of the run as a whole."""
    if "revision" not in event:
        return ""
    return (
        attempt_folder(event["revision"], event["attempt"]).replace("/", " ")
        if "attempt" in event
        else wording(event["revision"])
    )
