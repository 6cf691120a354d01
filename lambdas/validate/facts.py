"""The facts by which the state machine chooses between another seed and another wording.

Another seed is worth a try if the result is random (counts, short texts). Positions, absences and missing things rarely
come right without another wording (GenEval's public labels; TIR, arXiv 2507.22076).
"""

from typing import Any

from lambdas.core.run.history import Attempt, read_history
from lambdas.core.run.open_run import OpenRun
from lambdas.validate.contract import Facts

NO_FACTS: Facts = {"failed_kinds": [], "failed_again": False, "gainless_revisions": 0}


def find_facts(run: OpenRun, record: dict[str, Any] | None, revision: int, attempt: int) -> Facts:
    """Return the facts of a verdict. Only the adaptive policy needs the history, so other runs do not read it.

    record: the record of the verdict, which is not written yet; None if the attempt could not be judged.
    """
    failed = record["failed"] if record else []
    kinds = sorted({item.kind for item in run.requirements if item.id in failed})
    history = read_history(run.folder) if run.request.revise_policy == "adaptive" else None
    if history is None:
        return {**NO_FACTS, "failed_kinds": kinds}
    earlier = [one for one in history.attempts if (one.revision, one.attempt) < (revision, attempt)]
    here = [Attempt(revision, attempt, verdict=record, image_names=["judged"])] if record else []
    before = [one for one in earlier if one.revision == revision and one.verdict]
    failed_before = before[-1].verdict["failed"] if before and before[-1].verdict else []
    return {
        "failed_kinds": kinds,
        "failed_again": bool({*failed_before} & {*failed}),
        "gainless_revisions": _count_gainless([*earlier, *here]),
    }


def _count_gainless(attempts: list[Attempt]) -> int:
    """Count the consecutive wordings, including the current one, that did not beat the earlier ones."""
    best: tuple[int, ...] = ()
    gainless = 0
    for revision in sorted({one.revision for one in attempts}):
        reached = max(one.rank for one in attempts if one.revision == revision)
        gainless = 0 if reached > best else gainless + 1
        best = max(best, reached)
    return gainless
