"""Watch a run, here or in AWS: show what its functions do, from their events, answers and records."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lambdas.core.run.statuses import DUPLICATE
from lambdas.core.runtime.errors import RETRIED_ERRORS, ModelAnswerError
from lambdas.core.runtime.functions import FUNCTIONS
from lambdas.core.runtime.quoting import format_count
from lambdas.core.runtime.records import LEDGER_FOLDER, REQUIREMENTS, attempt_folder, wording_folder
from retake.view.output import is_verbose, printable
from retake.view.progress import AttemptRow, View
from retake.view.records import Records

if TYPE_CHECKING:
    from lambdas.core.batch.spending import Spending

_MAX_SHOWN_CHARS = 300
_MAX_OBSERVED_CHARS = 60
_MAX_MISSING = 4
# The errors that the state machine retries: our own by their names, and those of AWS (only on a deployed stack).
_RETRIED = {*(error.__name__ for error in (*RETRIED_ERRORS, ModelAnswerError)), "States.Timeout", "Sandbox.Timedout"}
_RETRIED_PREFIX = "Lambda."
WHY_REVISED = {
    "language": "the image model does not support its language",
    "length": "it is too long for the image model",
    "blocked": "the content filter refused it",
    "failed": "no attempt met every requirement",
}
"""Why a wording was revised, by `why` in its prompt.json."""


def record_of(function: str, event: dict[str, Any]) -> str | None:
    """Return the name of the record of the function's paid work for this event; None when it has none."""
    record = FUNCTIONS[function].record
    return record.format(**_folders(event)) if record else None


def ledger_of(function: str, event: dict[str, Any]) -> str | None:
    """Return the name of the record of the function's paid calls for this event; None if it makes none."""
    ledger = FUNCTIONS[function].ledger
    return f"{LEDGER_FOLDER}{ledger.format(**_folders(event)).replace('/', '-')}.json" if ledger else None


class RunWatch:
    """Shows the steps of one run in a view."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.earlier: Spending | None = None
        """The attempts and the cost of earlier executions of the run; None if not known."""
        self._tries: dict[tuple[str, Any, Any], int] = {}
        self._picture_s: float | None = None

    def on_start(self, function: str, event: dict[str, Any]) -> None:
        """Show that a function (e.g. "generate") was called with this event."""
        step = (function, event.get("revision"), event.get("attempt"))
        self._tries[step] = self._tries.get(step, 0) + 1
        if self._tries[step] > 1:
            self._view.line(f"{_label(event)}  {_activity(function)}: try {self._tries[step]}")
        given = event.get("event")
        is_dry_run = event.get("estimate") is not None or (isinstance(given, dict) and given.get("dry_run"))
        if is_dry_run:
            # Prepare then derives nothing, and Conclude writes nothing.
            self._view.step("estimating the cost")
            return
        self._view.step(f"{_label(event)}  {FUNCTIONS[function].progress}".strip())

    def on_error(self, function: str, event: dict[str, Any], error: str, message: str) -> None:
        """Show that the function failed with this error, if the state machine may retry it."""
        if error not in _RETRIED and not error.startswith(_RETRIED_PREFIX):
            return  # The error ends the run, so the closing lines show it.
        step = f"{_label(event)}  {_activity(function)} failed".strip()
        self._view.line(f"{step}: {error}: {printable(message, _MAX_SHOWN_CHARS)}")
        self._view.step(f"{step}; waiting for a retry, or for the end of the run")

    def on_answer(
        self, function: str, event: dict[str, Any], answer: dict[str, Any], duration_s: float | None, records: Records
    ) -> None:
        """Show the function's answer. `duration_s` is None if an earlier execution had already done the step."""
        if is_verbose() and duration_s is not None:
            self._paid_calls(function, event, records)
        if answer.get("outcome") == "OVER_BUDGET":
            self._view.line(f"{_label(event)}  not made: it could pass the run's ceiling (max_cost_usd)")
        elif function == "prepare":
            self._prepared(answer, records, reused=duration_s is None)
        elif function == "revise":
            self._revised(event["revision"], records, reused=duration_s is None)
        elif function == "generate":
            self._picture_s = duration_s
            if answer["outcome"].startswith("BLOCKED"):
                self._blocked(event, answer, duration_s, records)
        elif function == "validate":
            judged_s, made_s = duration_s, self._picture_s
            both_s = None if judged_s is None and made_s is None else (judged_s or 0.0) + (made_s or 0.0)
            if answer["outcome"] == "UNREADABLE":
                self._unreadable(event, answer, both_s, records)
                return
            self._judged(event, answer, both_s, records)

    def _paid_calls(self, function: str, event: dict[str, Any], records: Records) -> None:
        ledger = ledger_of(function, event)
        if ledger and records.has(ledger):
            for call in records.require_json(ledger)["calls"]:
                cost = "no answer" if call["cost_usd"] is None else f"${call['cost_usd']:.4f}"
                tokens = (
                    f"  {call['input_tokens']:,} tokens in, {call['output_tokens']:,} out"
                    if call["input_tokens"]
                    else ""
                )
                self._view.line(f"{_label(event)}  paid: {call['purpose']}  {call['model_id']}{tokens}  {cost}".strip())

    def _prepared(self, answer: dict[str, Any], records: Records, *, reused: bool) -> None:
        if answer["ending"] == DUPLICATE.name or not records.has(REQUIREMENTS):
            return
        if answer["run"]["resumed"] and self.earlier:
            self._view.line(
                f"resumed: {format_count(self.earlier.attempts, 'attempt')} to reuse, ${self.earlier.cost_usd:.4f} paid before"
            )
        record = records.require_json(REQUIREMENTS)
        texts = [item["text"] for item in record["requirements"]]
        given = " (given: nothing else of the prompt is checked)" if record.get("given") else ""
        listed = printable("; ".join(texts), _MAX_SHOWN_CHARS)
        count = format_count(len(texts), "requirement")
        self._view.line(f"{count}{' (reused)' if reused else ''}{given}: {listed}")

    def _revised(self, revision: int, records: Records, *, reused: bool) -> None:
        record = records.require_json(f"{wording_folder(revision)}/prompt.json")
        name, changes = wording_folder(revision), printable(record["changes"], _MAX_SHOWN_CHARS)
        self._view.line(
            f"{name}  revised{' (reused)' if reused else ''}, because {WHY_REVISED[record['why']]}: {changes}"
        )
        self._view.line(f"{name}  prompt: {printable(record['prompt'], _MAX_SHOWN_CHARS)}")

    def _blocked(
        self, event: dict[str, Any], answer: dict[str, Any], duration_s: float | None, records: Records
    ) -> None:
        record = records.require_json(f"{_folders(event)['attempt']}/attempt.json")
        what = "prompt" if answer["outcome"] == "BLOCKED_PROMPT" else "picture"
        why = f"the content filter refused the {what}"
        self._attempt(event, record["seed"], duration_s, ("BLOCKED", "", why), answer["spent_usd"])

    def _unreadable(
        self, event: dict[str, Any], answer: dict[str, Any], duration_s: float | None, records: Records
    ) -> None:
        record = records.require_json(f"{_folders(event)['attempt']}/attempt.json")
        shown = ("UNREADABLE", "", str(record["reason"]))
        self._attempt(event, record["seed"], duration_s, shown, answer["spent_usd"])

    def _judged(
        self, event: dict[str, Any], answer: dict[str, Any], duration_s: float | None, records: Records
    ) -> None:
        here = _folders(event)["attempt"]
        verdict = records.require_json(f"{here}/verdict.json")
        image = records.require_json(f"{here}/attempt.json")["images"][verdict["candidate"] - 1]
        texts = {item["id"]: item["text"] for item in records.require_json(REQUIREMENTS)["requirements"]}
        score, missing = format_verdict(verdict, texts)
        shown = (answer["outcome"], score, missing)
        self._attempt(event, image["seed"], duration_s, shown, answer["spent_usd"])

    def _attempt(
        self,
        event: dict[str, Any],
        seed: int | None,
        duration_s: float | None,
        shown: tuple[str, str, str],
        spent_usd: float,
    ) -> None:
        """Show an attempt. `shown` is its verdict, its score, and what is missing."""
        verdict, score, missing = shown
        self._view.attempt(
            AttemptRow(event["revision"], event["attempt"], seed, duration_s, verdict, score, missing, spent_usd)
        )


def format_verdict(verdict: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[str, str]:
    """Return the score of the best candidate of verdict.json ("3/5") and its failed requirements with what was seen.

    texts: the texts of the requirements, by id.
    """
    checks = {check["id"]: check for check in verdict["checks"] if check["candidate"] == verdict["candidate"]}
    # A verdict of an earlier release has no `uncertain`.
    uncertain = verdict.get("uncertain", [])
    missing = [
        f"{'cannot tell: ' if name in uncertain else ''}{texts[name]} ({_observed(checks[name])})"
        for name in [*verdict["failed"], *uncertain][:_MAX_MISSING]
    ]
    if more := len(verdict["failed"]) + len(uncertain) - len(missing):
        missing.append(f"{more} more")
    return f"{sum(check['met'] for check in checks.values())}/{len(checks)}", "; ".join(missing)


def _activity(function: str) -> str:
    """Return the activity of the function in a word or two, e.g. `judging`."""
    return (FUNCTIONS[function].progress or function).partition(":")[0]


def _observed(check: dict[str, Any]) -> str:
    return printable(" ".join(check["observed"].split()), _MAX_OBSERVED_CHARS)


def _folders(event: dict[str, Any]) -> dict[str, str]:
    revision, attempt = event.get("revision", 0), event.get("attempt", 1)
    return {"wording": wording_folder(revision), "attempt": attempt_folder(revision, attempt)}


def _label(event: dict[str, Any]) -> str:
    """Return `r01 a02`, `r01` for a wording, or "" for a step of the whole run."""
    if "revision" not in event:
        return ""
    return (
        attempt_folder(event["revision"], event["attempt"]).replace("/", " ")
        if "attempt" in event
        else wording_folder(event["revision"])
    )
