"""The end of a run, as it is told: the exit code, a few lines for people, and what to do next."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lambdas.core.runtime.fault import message_of
from retake.view import exit_codes
from retake.view.estimate import told
from retake.view.run_files import RunFiles

_EXIT_CODES = {
    "ACCEPTED": exit_codes.ACCEPTED,
    "DRY_RUN": exit_codes.ACCEPTED,
    "DUPLICATE": exit_codes.ACCEPTED,
    "EXHAUSTED": exit_codes.NOT_ACCEPTED,
    "BLOCKED": exit_codes.NOT_ACCEPTED,
    "BUDGET_EXCEEDED": exit_codes.NOT_ACCEPTED,
    "BEST_EFFORT": exit_codes.NOT_ACCEPTED,
}
_MENDED_BY = {
    "EXHAUSTED": "raise max_retry_attempts or max_prompt_revisions",
    "BUDGET_EXCEEDED": "raise max_cost_usd (and {ceiling}, where that is lower)",
}


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    result: dict[str, Any] | None
    """result.json, whole; None when Conclude did not get as far as that."""
    is_recorded: bool = False
    """Whether result.json and the report are in the folder."""
    error: str | None = None
    """What a run without a result failed with."""
    cause: str = ""
    """Why, as Step Functions has it."""
    is_interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """One of `exit_codes`."""
        if self.is_interrupted:
            return exit_codes.INTERRUPTED
        status = self.result["status"] if self.result else "ERROR"
        if status in _EXIT_CODES:
            return _EXIT_CODES[status]
        return exit_codes.BAD_INPUT if self._error == "InvalidRequestError" else exit_codes.FAULT

    @property
    def fault(self) -> str | None:
        """What stopped the run, on one line; None when nothing did."""
        said = (self.result or {}).get("message") or message_of(self.cause) or "it did not say why"
        if self.exit_code == exit_codes.BAD_INPUT:
            return said
        return f"{self._error}: {said}" if self.exit_code == exit_codes.FAULT else None

    @property
    def _error(self) -> str:
        return str((self.result or {}).get("error") or self.error or "Error")


def summary(files: RunFiles, ended: Ended) -> Iterator[str]:
    """The lines for people: status, picture, report, cost, warnings, what to do next."""
    result = ended.result
    if result is None:
        if files.folder:
            yield f"records  {files.folder}"
        return
    if ended.is_interrupted:
        yield "INTERRUPTED  " + ("What was made so far is kept." if ended.is_recorded else "Nothing was made yet.")
    elif result["status"] != "ERROR":
        yield f"{result['status']}  {result['message']}"
    if result["status"] == "DRY_RUN":
        yield from told(result)
    if ended.is_recorded:
        if image := result["image"]:
            yield f"picture  {files.picture(image)}{'' if result['verdict'] else '  (not judged)'}"
        yield f"report   {files.report}"
        yield f"cost     {_cost(result['cost'])}{files.whose_money}"
        yield from (f"warning  {warning}" for warning in result["warnings"])
        if step := _next_step(files, ended, result):
            yield f"next     {step}"


def _cost(cost: dict[str, Any]) -> str:
    return f"${cost['total_usd']:.4f} (images ${cost['image_usd']:.4f}, Claude ${cost['claude_usd']:.4f})"


def _next_step(files: RunFiles, ended: Ended, result: dict[str, Any]) -> str | None:
    status = str(result.get("stopped_by") or result["status"])
    again = f'start again with "run_id": {json.dumps(files.run_id)} in the event; what was made is reused'
    if status == "BLOCKED":
        return "word the prompt differently: the content filter will not change its mind"
    if status in _MENDED_BY:
        return f"{_MENDED_BY[status].format(ceiling=files.ceiling)} and {again}"
    return again if status == "ERROR" and ended.exit_code != exit_codes.BAD_INPUT else None
