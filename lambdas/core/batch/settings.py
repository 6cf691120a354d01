"""The settings of a whole batch: the batch's own fields in `NAME.defaults.json`."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lambdas.core.catalogue.models import ImageModel
from lambdas.core.request.batch_item import COST
from lambdas.core.request.faults import Faults
from lambdas.core.request.fields import Choice, Flag, Number, Whole, collect_unknown
from lambdas.core.request.request import Request
from lambdas.core.runtime.settings import Settings

BATCH_FIELDS: dict[str, Number | Whole | Flag | Choice] = {
    "batch_max_cost_usd": COST,
    "max_concurrency": Whole(1, 1_000),
    "strict": Flag(),
    "rerun": Choice(("failed", "all")),
}
# Fields of single runs, or fields that Plan batch sets.
_NOT_FOR_ITEMS = ("run_id", "trigger", "batch", "dry_run")
ITEM_FIELDS = tuple(name for name in Request.__dataclass_fields__ if name not in _NOT_FOR_ITEMS)
"""The fields that a line may have, in addition to `id`."""

# From one attempt of an item to its next: the picture, the verdict, the records. A higher number is only throttled.
ATTEMPT_S = 12.0


@dataclass(frozen=True, kw_only=True)
class BatchSettings:
    """The batch's own fields, and the defaults of its lines."""

    max_cost_usd: float
    max_concurrency: int | None
    strict: bool
    rerun: str
    defaults: dict[str, Any]

    @classmethod
    def parse(cls, given: dict[str, Any], settings: Settings) -> "BatchSettings":
        """Parse the object in the defaults file, which may be empty.

        Raises:
            InvalidRequestError: has a line for each fault.
        """
        faults = Faults()
        collect_unknown("defaults: ", given, (*BATCH_FIELDS, *ITEM_FIELDS), faults)
        checked: dict[str, Any] = {}
        for name, field in BATCH_FIELDS.items():
            if given.get(name) is not None:
                with faults.collect():
                    checked[name] = field.check(name, given[name])
        faults.raise_if_any()
        most_usd = settings.max_cost_usd_per_batch
        return cls(
            max_cost_usd=min(checked.get("batch_max_cost_usd", most_usd), most_usd),
            max_concurrency=checked.get("max_concurrency"),
            strict=checked.get("strict", False),
            rerun=checked.get("rerun", "failed"),
            defaults={name: value for name, value in given.items() if name in ITEM_FIELDS and value is not None},
        )

    def merge_line(self, line: dict[str, Any]) -> dict[str, Any]:
        """Return the defaults, overridden by the line's fields. Leave out what is not a field of a request."""
        return {**self.defaults, **{name: line[name] for name in ITEM_FIELDS if line.get(name) is not None}}


def default_concurrency(models: Iterable[ImageModel]) -> int:
    """Return how many items at once use up the default quota of the image models; the lowest number, if they differ."""
    return min(max(1, math.ceil(model.requests_per_minute / 60 * ATTEMPT_S)) for model in models)
