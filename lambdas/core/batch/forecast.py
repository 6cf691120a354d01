"""Forecast the cost and the hours of a planned batch."""

from collections.abc import Mapping
from typing import Any

from lambdas.core.batch.plan import Counts
from lambdas.core.batch.settings import ATTEMPT_S, BatchSettings, default_concurrency
from lambdas.core.catalogue.models import image_model


def make_forecast(counts: Counts, batch_settings: BatchSettings) -> dict[str, Any]:
    """Return the counts, costs and hours for plan.json. Without items, `max_concurrency` is 0.

    `expected_hours` and `worst_case_hours` assume the default quotas of the image models.
    """
    models = [image_model(model_id) for model_id in sorted(counts.image_model_ids)]
    chosen = batch_settings.max_concurrency or (default_concurrency(models) if models else 0)
    concurrency = min(chosen, counts.items)
    return {
        **counts.to_record(),
        "max_cost_usd": batch_settings.max_cost_usd,
        "max_concurrency": concurrency,
        "image_calls_per_minute": {model.model_id: model.requests_per_minute for model in models},
        "expected_hours": _hours(counts.expected_calls, concurrency),
        "worst_case_hours": _hours(counts.worst_case_calls, concurrency),
    }


def _hours(calls: Mapping[str, float], concurrency: int) -> float:
    """Return the hours for these calls of image models: those of the slowest quota, or more if few items run at once."""
    by_quota = [count / image_model(model_id).requests_per_minute / 60 for model_id, count in calls.items()]
    by_concurrency = sum(calls.values()) * ATTEMPT_S / max(1, concurrency) / 3600
    return round(max([*by_quota, by_concurrency], default=0.0), 2)
