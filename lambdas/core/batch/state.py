"""The state of a batch: the variables that the batch machine carries from step to step."""

from typing import Any, TypedDict


class BatchState(TypedDict):
    """The machine's variable `batch`. Plan batch returns it, and writes it to plan.json."""

    id: str
    bucket: str
    items_key: str
    """The key of plan/items.json, from which the map reads the items' events."""
    map_prefix: str
    """The prefix under which the map writes its result files."""
    max_concurrency: int
    items: int
    generation: int
    """Counts the reruns of the whole batch, from 1."""


class MapRun(TypedDict):
    """The machine's variable `map_run`: where the items' rows are."""

    failures: list[dict[str, Any]]
    """The first 100 rows of items without a result, from an engine that has no ResultWriter."""
    results_key: str | None
    """The key of the manifest.json that the map's ResultWriter wrote; None if it wrote none."""
