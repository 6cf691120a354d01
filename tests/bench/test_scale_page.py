"""docs/scale.md against the catalogue, the prices and docs/benchmarks.md."""

import math
import re
from dataclasses import replace

import pytest

from bench import scale
from docs import tables
from lambdas.core.batch.source import _MAX_BYTES
from lambdas.core.catalogue.models import image_models
from lambdas.core.runtime.functions import FUNCTIONS
from lambdas.core.runtime.limits import MAX_ATTEMPTS_PER_RUN
from tests.statemachine.test_throttled_waits import DOUBLING, RETRIER, averages

PAGE = (scale.ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
CORE = image_models()["stability.stable-image-core-v1:1"]


def test_the_tables_of_the_page_are_up_to_date() -> None:
    assert len(scale.tables()) == 3
    for name in scale.tables():
        assert tables.scale(name) in PAGE, "the page is out of date: make docs"


def test_a_changed_price_changes_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    dearer = {CORE.model_id: replace(CORE, price_usd_per_image=0.05)}
    monkeypatch.setattr(scale, "models_doing", lambda _: list(dearer.values()))
    assert "$50.00" not in PAGE
    assert "$50.00" in tables.scale("one picture")


def test_the_models_are_the_active_ones() -> None:
    assert [model.name for model in scale.active_models()] == [
        "Stable Image Core 1.0",
        "Stable Diffusion 3.5 Large",
        "Stable Image Ultra 1.0",
    ]


def test_hours_and_dollars_of_the_simplest_case() -> None:
    assert scale.hours(CORE, 1_000) == pytest.approx(1_000 / 90 / 60)
    found = scale.cost(CORE, 1_000, 1.0)
    assert found.images_usd == pytest.approx(40.0)
    # 5 transitions of the run, 5 of the attempt, the child and its one state.
    assert found.step_functions_usd == pytest.approx(1_000 * 12 * 0.025 / 1_000)
    assert found.total_usd == pytest.approx(sum(vars(found).values()))
    twice = scale.cost(CORE, 1_000, 2.0)
    assert twice.step_functions_usd == pytest.approx(1_000 * 17 * 0.025 / 1_000)


def test_the_limits_in_the_text_are_those_of_the_code() -> None:
    assert f"{FUNCTIONS['plan'].timeout_s} s" in PAGE
    assert f"{_MAX_BYTES // 2**20} MiB" in PAGE
    assert f"{MAX_ATTEMPTS_PER_RUN} attempts" in PAGE
    assert f"{scale.measured_pictures():g} pictures" in PAGE
    for constant in ("$0.625", "$0.125", "$0.005", "$0.0004", "$0.023", "$0.025"):
        assert re.search(re.escape(constant) + r"\b", PAGE)


def test_the_throttling_table_has_the_results_of_the_simulation() -> None:
    for waits, retrier, name, model_id in (
        ("as shipped", RETRIER, "Core", CORE.model_id),
        ("as shipped", RETRIER, "SD 3.5 Large", "stability.sd3-5-large-v1:0"),
        ("as shipped", RETRIER, "Ultra", "stability.stable-image-ultra-v1:1"),
        ("doubling up to 60 s, six retries", DOUBLING, "Core", CORE.model_id),
    ):
        use, gave_up = averages(retrier, model_id)
        assert f"| {waits} | {name} | {use:.2f} | {'some' if gave_up else 'none'} |" in PAGE


def test_the_sums_and_shares_in_the_text_are_correct() -> None:
    text = " ".join(PAGE.split())
    assert f"{sum(model.requests_per_minute for model in scale.active_models())} calls a minute" in text
    costs = [scale.cost(model, 1, each) for model in scale.active_models() for each in (1.0, scale.measured_pictures())]
    least = min(cost.images_usd / cost.total_usd for cost in costs)
    assert f"at least {math.floor(least * 100) / 100} of each total" in text
    rows = re.findall(r"\| English prompts \| (\w+) \| ([\d.]+%) \| \d+ \| ([\d.]+) \|", scale.BENCHMARKS.read_text())
    accepted, pictures = {name: share for name, share, _ in rows}, {name: each for name, _, each in rows}
    assert f"makes {pictures['adaptive']} pictures" in text
    assert f"{accepted['adaptive']} of the prompts instead of {accepted['after_retries']}" in text
