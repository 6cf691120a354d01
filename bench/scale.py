"""Compute the hours and dollars of large batches for docs/scale.md, from the catalogue and docs/benchmarks.md.

`make docs` writes the tables into the page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lambdas.core.admission.estimate import Estimate, estimate
from lambdas.core.batch.settings import default_concurrency
from lambdas.core.catalogue.models import ImageModel, models_doing
from lambdas.core.money.platform_cost import estimate_platform_cost
from lambdas.core.request.request import parse_request
from lambdas.core.runtime.settings import Settings

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "docs" / "benchmarks.md"
SIZES = (1_000, 100_000, 1_000_000)
POLICY = ("English prompts", "after_retries")
READ_ON = date(2026, 11, 21)

PROMPT = "x" * 100
# Assumed: the time of the functions for one attempt (as in `default_concurrency`), and for Prepare and Conclude.
ATTEMPT_S, RUN_S = 12.0, 8.0
# The map charges one transition for each child; the item's own state is one more (AWS docs, concepts-transitions).
MAP_TRANSITIONS = 2
USD_PER_TRANSITION = 0.025 / 1_000

# Counted in a local batch: the DynamoDB requests of an item, per ledger step (one of the run, two of each attempt) and at its end.
STEPS_OF_A_RUN, STEPS_OF_AN_ATTEMPT = 1, 2
# A step reserves and settles an amount; each is a transaction of two writes, at two units a write (AWS whitepaper, How AWS Pricing Works).
WRITE_UNITS_OF_A_STEP, READ_UNITS_OF_A_STEP = 8, 2
WRITE_UNITS_OF_AN_END, READ_UNITS_OF_AN_END = 2, 1
USD_PER_WRITE_UNIT, USD_PER_READ_UNIT = 0.625 / 1e6, 0.125 / 1e6

# Counted in a local batch, for an item with one attempt. Further attempts are computed with the same number, but make fewer.
S3_WRITES, S3_READS = 16, 29
USD_PER_S3_WRITE, USD_PER_S3_READ = 0.005 / 1_000, 0.0004 / 1_000
PICTURE_GB, USD_PER_GB_MONTH = 0.002, 0.023


@dataclass(frozen=True)
class Cost:
    """The cost of some items, in USD."""

    images_usd: float
    claude_usd: float
    step_functions_usd: float
    lambda_usd: float
    dynamodb_usd: float
    s3_usd: float

    @property
    def total_usd(self) -> float:
        total_usd: float = sum(vars(self).values())
        return total_usd


def active_models() -> list[ImageModel]:
    """Return the models for text to image that are neither ended nor Legacy, with the highest quota first."""
    models = [
        model
        for model in models_doing("text")
        if (model.end_of_life_date is None or model.end_of_life_date > READ_ON) and model.legacy_date is None
    ]
    return sorted(models, key=lambda model: -model.requests_per_minute)


def measured_pictures() -> float:
    """Return the number of pictures per accepted picture, from docs/benchmarks.md."""
    row = re.compile(rf"^\| {POLICY[0]} \| {POLICY[1]} \| [\d.]+% \| \d+ \| ([\d.]+) \|", re.MULTILINE)
    found = row.search(BENCHMARKS.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{BENCHMARKS.name} has no row for {POLICY}")
    return float(found[1])


def hours(model: ImageModel, pictures: float) -> float:
    """Return the shortest possible time, which uses the whole quota."""
    return pictures / (model.requests_per_minute * 60)


def cost(model: ImageModel, items: int, pictures_each: float) -> Cost:
    """Return the cost of `items` accepted items with this many pictures each."""
    platform = estimate_platform_cost(1, 0, ATTEMPT_S * pictures_each + RUN_S)
    first, second = estimate_platform_cost(1, 0, 0.0), estimate_platform_cost(2, 0, 0.0)
    further = pictures_each - 1
    attempt_transitions_usd = second.step_functions_usd - first.step_functions_usd
    attempt_requests_usd = second.lambda_usd - first.lambda_usd
    steps = STEPS_OF_A_RUN + STEPS_OF_AN_ATTEMPT * pictures_each
    write_units = WRITE_UNITS_OF_A_STEP * steps + WRITE_UNITS_OF_AN_END
    read_units = READ_UNITS_OF_A_STEP * steps + READ_UNITS_OF_AN_END
    s3_usd = S3_WRITES * USD_PER_S3_WRITE + S3_READS * USD_PER_S3_READ + PICTURE_GB * USD_PER_GB_MONTH
    return Cost(
        images_usd=items * pictures_each * model.image_price_usd(1024, 1024),
        claude_usd=items * claude_usd(model, pictures_each),
        step_functions_usd=items
        * (platform.step_functions_usd + MAP_TRANSITIONS * USD_PER_TRANSITION + further * attempt_transitions_usd),
        lambda_usd=items * (platform.lambda_usd + further * attempt_requests_usd),
        dynamodb_usd=items * (write_units * USD_PER_WRITE_UNIT + read_units * USD_PER_READ_UNIT),
        s3_usd=items * pictures_each * s3_usd,
    )


def claude_usd(model: ImageModel, pictures_each: float) -> float:
    """Return the cost of Claude for an item: the requirements and one verdict for one picture; otherwise the expected case."""
    if pictures_each == 1:
        return _expected_claude_usd(model, max_retry_attempts=1, max_prompt_revisions=0)[0]
    usd, pictures = _expected_claude_usd(model)
    return usd / pictures * pictures_each


def _expected_claude_usd(model: ImageModel, **limits: int) -> tuple[float, float]:
    """Return the expected cost of Claude for a run, and its expected number of pictures."""
    event = {"prompt": PROMPT, "image_model_id": model.model_id, "max_cost_usd": 100, **limits}
    settings = Settings(bucket="scale", extra_model_ids=("*",), max_cost_usd_per_run=100.0)
    found: Estimate = estimate(parse_request(event, settings, "scale"), must_revise_first=False)
    pictures = found.expected_calls["images"]
    return found.expected_usd - pictures * model.image_price_usd(1024, 1024), pictures


def tables() -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of each table by its name, with the header first."""
    each = measured_pictures()
    return {
        "hours": list(_hours(each)),
        "one picture": list(_dollars(1.0)),
        "measured pictures": list(_dollars(each)),
    }


def _hours(each: float) -> Iterator[tuple[str, ...]]:
    yield ("model", "calls a minute", "items at once", "accepted pictures", "1 picture each", f"{each:g} pictures each")
    for model in active_models():
        for size in SIZES:
            yield (
                model.name,
                f"{model.requests_per_minute}",
                f"{default_concurrency([model])}",
                f"{size:,}",
                _time(hours(model, size)),
                _time(hours(model, size * each)),
            )


def _time(value: float) -> str:
    return f"{value:,.1f} h" if value < 48 else f"{value:,.0f} h ({value / 24:,.0f} days)"


def _dollars(each: float) -> Iterator[tuple[str, ...]]:
    yield ("model", "accepted", "images", "Claude", "Step Functions", "Lambda", "DynamoDB", "S3, a month", "total")
    for model in active_models():
        for size in SIZES:
            found = cost(model, size, each)
            amounts = (*vars(found).values(), found.total_usd)
            yield (model.name, f"{size:,}", *(f"${usd:,.2f}" if usd < 100 else f"${usd:,.0f}" for usd in amounts))
