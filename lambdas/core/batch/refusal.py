"""Refuse a batch whose lines were read, but which must not run."""

from typing import Any

from lambdas.core.batch.plan import Plan
from lambdas.core.batch.settings import BatchSettings
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings


class RefusedBatchError(InvalidRequestError):
    """The lines were read, but the batch must not run."""

    def __init__(self, message: str, counts: dict[str, Any]) -> None:
        super().__init__(message)
        self.counts = {name: counts[name] for name in ("lines", "rejected", "skipped")}


def refuse_unrunnable(plan: Plan, batch_settings: BatchSettings, settings: Settings) -> None:
    """Refuse a plan without an item, one with a rejected line if the batch is strict, and one that its ceiling cannot pay.

    A message about rejected lines has the reasons of the first ones; rejected.jsonl has all.

    Raises:
        RefusedBatchError: the batch must not run.
    """
    counts = plan.counts.to_record()
    more = counts["rejected"] - len(plan.first_rejections)
    first = "; ".join([*plan.first_rejections, *([f"{more:,} more"] if more > 0 else [])])
    if batch_settings.strict and counts["rejected"]:
        raise RefusedBatchError(
            f"strict: {counts['rejected']} of {counts['lines']} lines cannot be used ({first})", counts
        )
    if not counts["lines"]:
        raise RefusedBatchError("manifest: holds no request; give a line, an element or a row for each", counts)
    if not counts["items"]:
        raise RefusedBatchError(f"manifest: no line can be run ({first})", counts)
    least_usd, ceiling_usd = counts["one_attempt_each_usd"], batch_settings.max_cost_usd
    if least_usd > ceiling_usd:
        is_own = ceiling_usd < settings.max_cost_usd_per_batch
        ceiling = "batch_max_cost_usd" if is_own else "max_cost_usd_per_batch (a setting of the deployment)"
        raise RefusedBatchError(
            f"{ceiling}: {ceiling_usd:g} does not cover one attempt for each of {counts['items']} items; give at least "
            f"{least_usd + 5e-5:.4f}",
            counts,
        )
