"""The catalogue: every entry whole and consistent, prices and dates as published."""

from datetime import date

import pytest

from lambdas.core.catalogue.models import claude_model, claude_model_ids, image_model, image_models, lifecycle_warning
from lambdas.core.models.image import ADAPTERS
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings
from tests.support.factories.core import TITAN

NOVEMBER = date(2026, 11, 21)
HAIKU = "anthropic.claude-haiku-5-5"

# USD per million tokens through the global profile, as read from the AWS price list in 2026-11.
GLOBAL_PRICES = {
    HAIKU: (0.10, 0.50),
    "anthropic.claude-sonnet-5-5": (2, 10),
    "anthropic.claude-sonnet-5": (2, 10),
    "anthropic.claude-opus-5-5": (4, 20),
    "anthropic.claude-opus-5": (5, 25),
    "anthropic.claude-opus-4-8": (5, 25),
    "anthropic.claude-opus-4-6-v1": (5, 25),
    "anthropic.claude-opus-4-5-20251101-v1:0": (5, 25),
    "anthropic.claude-sonnet-4-6": (3, 15),
    "anthropic.claude-sonnet-4-5-20250929-v1:0": (3, 15),
    "anthropic.claude-haiku-4-5-20251001-v1:0": (1, 5),
    "anthropic.claude-fable-5-1": (10, 50),
}


@pytest.mark.parametrize("model_id", image_models())
def test_every_image_model_has_an_adapter_a_region_a_price_and_limits(model_id: str) -> None:
    model = image_model(model_id)
    adapter = ADAPTERS[model.family]
    assert callable(adapter.build_calls) and callable(adapter.parse_response)
    assert model.model_id == model_id
    assert model.regions and model.requests_per_minute > 0
    assert model.languages == ("en",)
    assert model.max_images_per_call in (1, 5)
    assert model.max_prompt_chars in (512, 10_000)
    assert model.max_negative_prompt_chars in (0, model.max_prompt_chars)
    assert 2**31 - 2 <= model.max_seed < 2**32
    assert model.operations
    if not all(map(model.has_size_of_source, model.operations)):
        # A request that names no size must fit every model.
        assert (1024, 1024) in model.sizes_px or "1:1" in model.aspect_ratios
        assert bool(model.sizes_px) != bool(model.aspect_ratios)
    named = {f"{width}x{height}" for width, height in model.sizes_px}
    assert set(model.price_usd_per_image_by_size) <= named
    assert all(model.image_price_usd(width, height) > 0 for width, height in (*model.sizes_px, (1024, 1024)))


def test_titans_small_sizes_cost_less() -> None:
    titan = image_model(TITAN)
    assert titan.image_price_usd(1024, 1024) == titan.image_price_usd(768, 1408) == 0.01
    small = {size for size in titan.sizes_px if titan.image_price_usd(*size) == 0.008}
    # As documented, in pixels a side: all sizes of 320 to 768 are priced as 512x512, but for those with a side above.
    assert small == {size for size in titan.sizes_px if max(size) <= 768}


@pytest.mark.parametrize("model_id", claude_model_ids())
def test_every_claude_is_known_by_its_profile_and_its_base_id(model_id: str) -> None:
    model = claude_model(model_id, "validate_model_id")
    assert model.model_id == model_id == f"{model.profile}.{model.base_model_id}"
    assert model.profile in model.profiles and {"us", "global"} <= set(model.profiles)
    # Every Claude takes a tool that it may choose, so it is the last resort everywhere.
    assert model.answer_by[-1] == "auto_tool" and len(set(model.answer_by)) == len(model.answer_by)
    assert set(model.sampling) <= {"temperature", "top_p", "top_k"}
    assert not (model.thinks_always and model.thinking_off)
    # A tokenizer never makes fewer tokens of a text than the one that the answers were measured with.
    assert model.tokens_per_byte_factor >= 1 and model.max_output_tokens >= 64_000


def test_the_prices_are_those_that_were_published() -> None:
    assert {model_id.split(".", 1)[1] for model_id in claude_model_ids()} == set(GLOBAL_PRICES)
    for base_id, (input_usd, output_usd) in GLOBAL_PRICES.items():
        model = claude_model(f"global.{base_id}", "f")
        assert (model.input_usd_per_million_tokens, model.output_usd_per_million_tokens) == (input_usd, output_usd)


@pytest.mark.parametrize("model_id", [name for name in claude_model_ids() if not name.startswith("global.")])
def test_a_geographic_profile_costs_a_tenth_more_than_the_global_one(model_id: str) -> None:
    here, everywhere = claude_model(model_id, "f"), claude_model(f"global.{model_id.split('.', 1)[1]}", "f")
    for tokens in (1_000, 200_000):
        assert here.price_usd(tokens, 500) == pytest.approx(1.1 * everywhere.price_usd(tokens, 500))


def test_a_prompt_of_more_than_100_000_tokens_is_dearer_from_its_first_token_on() -> None:
    haiku = claude_model(f"us.{HAIKU}", "f")
    assert haiku.price_usd(100_000, 1_000) == pytest.approx(0.100_000 * 0.11 + 0.001 * 0.55)
    assert haiku.price_usd(100_001, 1_000) == pytest.approx(0.100_001 * 0.55 + 0.001 * 2.75)
    sonnet = claude_model("us.anthropic.claude-sonnet-5-5", "f")
    assert sonnet.price_usd(100_001, 0) == pytest.approx(0.100_001 * 2.2)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2025, 12, 29), None),
        (date(2025, 12, 30), f"{TITAN} is Legacy on Amazon Bedrock since 2025-12-30, end of life 2026-06-30"),
        (date(2026, 6, 29), f"{TITAN} is Legacy on Amazon Bedrock since 2025-12-30, end of life 2026-06-30"),
        (date(2026, 6, 30), f"{TITAN} reached its end of life on Amazon Bedrock on 2026-06-30"),
        (NOVEMBER, f"{TITAN} reached its end of life on Amazon Bedrock on 2026-06-30"),
    ],
)
def test_a_model_is_warned_of_from_the_day_on_which_it_is_legacy_or_gone(day: date, said: str | None) -> None:
    assert lifecycle_warning(image_model(TITAN), day) == said


def test_the_defaults_are_active_in_november_2026_and_served_where_they_are_called() -> None:
    settings = Settings(bucket="b")
    image = image_model(settings.image_model_id)
    assert settings.image_region in image.regions
    assert lifecycle_warning(image, NOVEMBER) is None
    for model_id in (settings.validate_model_id, settings.revise_model_id):
        assert lifecycle_warning(claude_model(model_id, "f"), NOVEMBER) is None


def test_a_legacy_claude_is_named_with_its_end() -> None:
    said = lifecycle_warning(claude_model("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "f"), NOVEMBER)
    assert said and "Legacy" in said and said.endswith("end of life 2027-04-08")


@pytest.mark.parametrize("model_id", ["", "x", HAIKU, f"apac.{HAIKU}", f"us.us.{HAIKU}", "us."])
def test_an_unknown_id_is_refused_with_those_that_are_known(model_id: str) -> None:
    with pytest.raises(InvalidRequestError, match=f"^revise_model_id: .*us.{HAIKU}, global.{HAIKU}"):
        claude_model(model_id, "revise_model_id")
    with pytest.raises(InvalidRequestError, match=f"^image_model_id: .*{TITAN}"):
        image_model(model_id)
