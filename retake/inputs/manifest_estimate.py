"""The cost and the hours of a manifest, computed without a call to Bedrock, by the code that plans a batch."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lambdas.core.batch.forecast import make_forecast
from lambdas.core.batch.manifest.manifest import read_manifest as read_entries
from lambdas.core.batch.plan import Plan
from lambdas.core.batch.refusal import RefusedBatchError, refuse_unrunnable
from lambdas.core.batch.settings import BatchSettings
from lambdas.core.request.batch_item import batch_id_of
from lambdas.core.request.request import Request
from lambdas.core.runtime.batch_paths import DROP_FOLDER
from lambdas.core.runtime.errors import InvalidRequestError
from retake.inputs.manifest import read_manifest
from retake.inputs.settings import local_settings
from retake.view.errors import BadInputError


def estimate_manifest(
    path: Path,
    environment: Mapping[str, str],
    event_fields: Mapping[str, Any],
    max_concurrency: int | None = None,
    is_accepted: Callable[[Request], bool] | None = None,
) -> dict[str, Any]:
    """Return the fields of the plan of the manifest's batch. Nothing is written.

    The costs are cut to the batch's ceiling. `first_rejections` has the reasons of at most three lines, and `refusal` the
    reason why nothing could run; it is None if the batch would run.

    event_fields: the defaults of `retake.toml` for every event.
    is_accepted: whether an earlier execution got the item accepted; its cost is then not counted.

    Raises:
        BadInputError: the manifest, its defaults or a setting cannot be used.
    """
    manifest = read_manifest(path, DROP_FOLDER, max_concurrency, event_fields)
    try:
        settings = local_settings({}, environment)
        batch_settings = BatchSettings.parse(manifest.defaults or {}, settings)
        batch_id = batch_id_of(settings.bucket, manifest.key)
        if is_accepted is None or batch_settings.rerun == "all":
            is_accepted = _accept_none
        beside = f"s3://{settings.bucket}/{manifest.key_prefix}"
        with (
            path.open("rb") as file,
            Plan(batch_id, settings, batch_settings, 1, "", is_accepted, folder=beside) as plan,
        ):
            entries = read_entries(file, path.suffix.lower())
            plan.add_lines(entries)
    except InvalidRequestError as error:
        raise BadInputError("\n".join(f"{path}: {fault}" for fault in error.faults)) from None
    refusal = None
    try:
        refuse_unrunnable(plan, batch_settings, settings)
    except RefusedBatchError as error:
        refusal = str(error)
    forecast = make_forecast(plan.counts, batch_settings)
    for name in ("expected_usd", "worst_case_usd"):
        forecast[name] = min(forecast[name], batch_settings.max_cost_usd)
    return {
        **forecast,
        "accepted_before": plan.counts.accepted_before,
        "first_rejections": plan.first_rejections,
        "extra_columns": list(entries.extra_columns),
        "warnings": entries.warnings,
        "refusal": refusal,
    }


def _accept_none(_: Request) -> bool:
    return False
