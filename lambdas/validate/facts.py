"""The facts of a verdict by which the state machine decides between another seed and another wording.

With the same wording the next picture is worth a try where the model draws lots (counts, short texts); position, absence
and missing things rarely come right without new words (GenEval's public labels; TIR, arXiv
2507.22076).
"""

from typing import Any

from lambdas.core.request.requirement import Requirement
from lambdas.core.run.history import Attempt, History, read_history
from lambdas.core.storage.run_folder import RunFolder


def facts(
    folder: RunFolder, policy: str, requirements: list[Requirement], record: dict[str, Any], revision: int, attempt: int
) -> dict[str, Any]:
    """What the `adaptive` policy needs to know; the default policy looks at none of it.

    Answer: {"failed_kinds": ["position"], "failed_again": false, "gainless_revisions": 0}
    """
    kinds = sorted({item.kind for item in requirements if item.id in record["failed"]})
    told = {"failed_kinds": kinds, "failed_again": False, "gainless_revisions": 0}
    history = read_history(folder) if policy == "adaptive" else None
    if history is None:
        return told
    earlier = [one for one in history.attempts if (one.revision, one.attempt) < (revision, attempt)]
    here = Attempt(revision, attempt, verdict=record, image_names=["judged"])
    before = [one for one in earlier if one.revision == revision and one.verdict]
    told["failed_again"] = bool(before and before[-1].verdict and {*before[-1].verdict["failed"]} & {*record["failed"]})
    told["gainless_revisions"] = _gainless(history, [*earlier, here])
    return told


def _gainless(history: History, attempts: list[Attempt]) -> int:
    """How many wordings in a row, the current one included, have not bettered what was there before them."""
    best: tuple[int, ...] = ()
    in_a_row = 0
    for revision in sorted({one.revision for one in attempts}):
        reached = max(one.rank for one in attempts if one.revision == revision)
        in_a_row = 0 if reached > best else in_a_row + 1
        best = max(best, reached)
    return in_a_row
