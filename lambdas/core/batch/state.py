"""The batch's state: what the batch machine carries from step to step."""

from typing import Any, TypedDict


class BatchState(TypedDict):
    """The machine's variable `batch`. Plan batch makes it, and plan.json keeps it."""

    id: str
    bucket: str
    items_key: str
    """The key of plan/items.json, from which the map reads the items' events."""
    map_prefix: str
    """Where the map writes its result files."""
    max_concurrency: int
    items: int
    generation: int
    """Counts the reruns of the whole batch, from 1."""


class MapRun(TypedDict):
    """The machine's variable `map_run`: where the map left the items' rows."""

    failures: list[dict[str, Any]]
    """The first 100 rows of items without a result, from an engine that has no ResultWriter."""
    results_key: str | None
    """The key of the manifest.json that the map's ResultWriter wrote; None where there is none."""
