"""The request: defaults, and every way in which an event can be at fault."""

import json
import math
from typing import Any

import pytest

from lambdas.core.catalogue.models import claude_model_ids, image_models
from lambdas.core.request.request import FIELDS, PROMPT_MAX_CHARS, Request, parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.limits import MAX_ATTEMPTS_PER_RUN
from lambdas.core.runtime.settings import Settings

SETTINGS = Settings(bucket="pictures", extra_output_buckets=("campaign",))
ANY_MODEL = Settings(bucket="pictures", extra_model_ids=("*",))
TITAN = "amazon.titan-image-generator-v2:0"


def parsed(event: Any, settings: Settings = SETTINGS) -> Request:
    return parse_request(event, settings, "execution-1")


def test_a_prompt_alone_gets_every_default() -> None:
    request = parsed({"prompt": "a lighthouse"})

    assert request.prompt == "a lighthouse"
    assert (request.max_retry_attempts, request.max_prompt_revisions) == (5, 3)
    assert (request.output_s3_bucket_name, request.output_s3_key_prefix) == ("pictures", "generated-images")
    assert (request.titan_img_width, request.titan_img_height) == (1024, 1024)
    assert (request.titan_img_number_of_images, request.titan_img_seed) == (1, 0)
    assert request.image_model_id == SETTINGS.image_model_id
    assert request.max_cost_usd == 5.0
    assert request.run_id == "execution-1"
    assert request.on_not_accepted == "fail"


def test_null_counts_as_left_out() -> None:
    event = {"prompt": "a lighthouse", **dict.fromkeys((*FIELDS, "requirements", "trigger"))}
    event["prompt"] = "a lighthouse"
    assert parsed(event) == parsed({"prompt": "a lighthouse"})


def test_an_event_may_lower_the_deployments_ceiling_and_never_raise_it() -> None:
    assert parsed({"prompt": "x", "max_cost_usd": 1}).max_cost_usd == 1
    assert parsed({"prompt": "x", "max_cost_usd": 50}).max_cost_usd == 5


def test_a_scheduled_run_is_named_by_its_schedule_and_time() -> None:
    trigger = {"schedule": "daily-hero", "time": "2026-11-21T06:00:00Z"}
    assert parsed({"prompt": "x", "trigger": trigger}).run_id == "daily-hero-20261121T060000Z"
    assert parsed({"prompt": "x", "trigger": trigger, "run_id": "mine"}).run_id == "mine"


def test_two_schedules_never_share_a_run_id() -> None:
    names = ["shop.daily", "shop_daily", "a" * 64, "a" * 63 + "b"]
    triggers = [{"schedule": name, "time": "2026-11-21T06:00:00.123Z"} for name in names]
    run_ids = {parsed({"prompt": "x", "trigger": trigger}).run_id for trigger in triggers}
    assert len(run_ids) == len(names)
    assert max(map(len, run_ids)) <= 80


def test_a_request_survives_its_record() -> None:
    event = {
        "prompt": 'quotes " and \\ and {% $x %} and ${y} and 😀 and שלום',
        "requirements": ["two cups", {"id": "blue", "text": "a blue plate", "kind": "color", "must": False}],
        "trigger": {"schedule": "daily", "time": "2026-11-21T06:00:00Z"},
        "claude_validate_temperature": 0.5,
    }
    request = parsed(event)
    assert Request.from_record(json.loads(json.dumps(request.to_record()))) == request
    assert [item.id for item in request.requirements or ()] == ["r1", "blue"]


BAD_EVENTS: list[tuple[Any, str, str]] = [
    (None, "event", "not a JSON object"),
    ([], "event", "not a JSON object"),
    ({}, "prompt", "missing"),
    ({"prompt": None}, "prompt", "missing"),
    ({"prompt": ""}, "prompt", "blank"),
    ({"prompt": " \n\t"}, "prompt", "blank"),
    ({"prompt": 7}, "prompt", "not a text"),
    ({"prompt": ["a"]}, "prompt", "not a text"),
    ({"prompt": "a\ud800b"}, "prompt", "surrogate"),
    ({"prompt": "x" * (PROMPT_MAX_CHARS + 1)}, "prompt", "at most 50,000"),
    ({"prompt": "x", "max_retry_attempt": 2}, "max_retry_attempt", "did you mean max_retry_attempts?"),
    ({"prompt": "x", "Prompt": "y"}, "Prompt", "did you mean prompt?"),
    ({"prompt": "x", "zzz": 1}, "zzz", "the fields are prompt"),
    ({"prompt": "x", "max_retry_attempts": True}, "max_retry_attempts", "not a whole number"),
    ({"prompt": "x", "max_retry_attempts": "3"}, "max_retry_attempts", "not a whole number"),
    ({"prompt": "x", "max_retry_attempts": 2.5}, "max_retry_attempts", "not a whole number"),
    ({"prompt": "x", "max_retry_attempts": [3]}, "max_retry_attempts", "not a whole number"),
    ({"prompt": "x", "max_retry_attempts": math.nan}, "max_retry_attempts", "not a whole number"),
    ({"prompt": "x", "max_retry_attempts": 0}, "max_retry_attempts", "out of range"),
    ({"prompt": "x", "max_prompt_revisions": -1}, "max_prompt_revisions", "out of range"),
    ({"prompt": "x", "titan_img_number_of_images": 6}, "titan_img_number_of_images", "from 1 to 5"),
    ({"prompt": "x", "titan_img_number_of_images": 0}, "titan_img_number_of_images", "from 1 to 5"),
    ({"prompt": "x", "titan_img_seed": -1}, "titan_img_seed", "out of range"),
    ({"prompt": "x", "titan_img_seed": 2**32}, "titan_img_seed", "out of range"),
    ({"prompt": "x", "titan_img_width": 64}, "titan_img_width", "out of range"),
    ({"prompt": "x", "titan_img_cfg_scale": 11}, "titan_img_cfg_scale", "from 1.1 to 10"),
    ({"prompt": "x", "titan_img_quality": "best"}, "titan_img_quality", "standard or premium"),
    ({"prompt": "x", "claude_validate_temperature": 1.5}, "claude_validate_temperature", "from 0 to 1"),
    ({"prompt": "x", "claude_validate_temperature": math.nan}, "claude_validate_temperature", "not a number"),
    ({"prompt": "x", "claude_validate_temperature": math.inf}, "claude_validate_temperature", "not a number"),
    ({"prompt": "x", "claude_validate_temperature": False}, "claude_validate_temperature", "not a number"),
    ({"prompt": "x", "claude_revise_top_p": -0.1}, "claude_revise_top_p", "out of range"),
    ({"prompt": "x", "claude_revise_top_k": 501}, "claude_revise_top_k", "out of range"),
    ({"prompt": "x", "claude_revise_max_tokens": 0}, "claude_revise_max_tokens", "out of range"),
    ({"prompt": "x", "negative_prompt": ""}, "negative_prompt", "blank"),
    ({"prompt": "x", "negative_prompt": 1}, "negative_prompt", "not a text"),
    ({"prompt": "x", "max_cost_usd": 0}, "max_cost_usd", "out of range"),
    ({"prompt": "x", "max_cost_usd": -1}, "max_cost_usd", "out of range"),
    ({"prompt": "x", "max_cost_usd": math.nan}, "max_cost_usd", "not a number"),
    ({"prompt": "x", "on_not_accepted": "ignore"}, "on_not_accepted", "fail or return_best"),
    ({"prompt": "x", "run_id": "a b"}, "run_id", "cannot be a run id"),
    ({"prompt": "x", "run_id": "a/../b"}, "run_id", "cannot be a run id"),
    ({"prompt": "x", "run_id": "x" * 81}, "run_id", "at most 80"),
    ({"prompt": "x", "output_s3_bucket_name": "elsewhere"}, "output_s3_bucket_name", "pictures or campaign"),
    ({"prompt": "x", "output_s3_key_prefix": "../x"}, "output_s3_key_prefix", "'..'"),
    ({"prompt": "x", "output_s3_key_prefix": "a/../b"}, "output_s3_key_prefix", "'..'"),
    ({"prompt": "x", "output_s3_key_prefix": "/a"}, "output_s3_key_prefix", "empty"),
    ({"prompt": "x", "output_s3_key_prefix": "a//b"}, "output_s3_key_prefix", "empty"),
    ({"prompt": "x", "output_s3_key_prefix": "a\nb"}, "output_s3_key_prefix", "cannot be printed"),
    ({"prompt": "x", "output_s3_key_prefix": "a\\b"}, "output_s3_key_prefix", "backslash"),
    ({"prompt": "x", "output_s3_key_prefix": "batches"}, "output_s3_key_prefix", "batches"),
    ({"prompt": "x", "output_s3_key_prefix": "batches/x"}, "output_s3_key_prefix", "batches"),
    ({"prompt": "x", "output_s3_key_prefix": "batch/"}, "output_s3_key_prefix", "batches"),
    ({"prompt": "x", "image_model_id": "dall-e"}, "image_model_id", "choose one of"),
    ({"prompt": "x", "image_model_id": TITAN}, "image_model_id", "may not call"),
    ({"prompt": "x", "validate_model_id": "anthropic.claude-haiku-5-5"}, "validate_model_id", "choose one of"),
    ({"prompt": "x", "revise_model_id": 3}, "revise_model_id", "not a text"),
    ({"prompt": "x", "requirements": "two cups"}, "requirements", "not a list"),
    ({"prompt": "x", "requirements": []}, "requirements", "0 items"),
    ({"prompt": "x", "requirements": ["a"] * 41}, "requirements", "41 items"),
    ({"prompt": "x", "requirements": [3]}, "requirements[0]", "neither a string nor an object"),
    ({"prompt": "x", "requirements": [{"kind": "count"}]}, "requirements[0].text", "missing"),
    ({"prompt": "x", "requirements": [{"text": "a", "kind": "size"}]}, "requirements[0].kind", "object or count"),
    ({"prompt": "x", "requirements": [{"text": "a", "must": 1}]}, "requirements[0].must", "true or false"),
    ({"prompt": "x", "requirements": [{"text": "a", "id": "ü"}]}, "requirements[0].id", "cannot be an id"),
    ({"prompt": "x", "requirements": ["a", {"text": "b", "id": "r1"}]}, "requirements[1].id", "requirements[0]"),
    ({"prompt": "x", "requirements": [{"txt": "a"}]}, "requirements[0].txt", "did you mean text?"),
    ({"prompt": "x", "trigger": "daily"}, "trigger", "not an object"),
    ({"prompt": "x", "trigger": {"schedule": "a b", "time": "2026-11-21T06:00:00Z"}}, "trigger.schedule", "name"),
    ({"prompt": "x", "trigger": {"schedule": "a", "time": "today"}}, "trigger.time", "2026-11-21T06:00:00Z"),
]


@pytest.mark.parametrize(
    ("event", "field", "said"), BAD_EVENTS, ids=[f"{field}-{n}" for n, (_, field, _) in enumerate(BAD_EVENTS)]
)
def test_a_bad_event_is_refused_in_one_line_that_names_the_field(event: Any, field: str, said: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        parsed(event)
    message = str(refused.value)
    assert message.startswith(f"{field}: ")
    assert said in message
    assert "\n" not in message


def test_titan_draws_only_its_own_sizes_and_the_error_lists_them() -> None:
    event = {"prompt": "x", "image_model_id": TITAN, "titan_img_width": 1000}
    with pytest.raises(
        InvalidRequestError, match="titan_img_width: .*no size 1000x1024; give one of 1024x1024, 768x768"
    ):
        parsed(event, ANY_MODEL)
    for width, height in image_models()[TITAN].sizes_px:
        parsed({**event, "titan_img_width": width, "titan_img_height": height}, ANY_MODEL)


def test_a_quality_without_a_known_price_is_refused_by_the_model_that_has_it() -> None:
    for quality, model_id in (("standard", TITAN), ("premium", SETTINGS.image_model_id)):
        assert parsed({"prompt": "x", "image_model_id": model_id, "titan_img_quality": quality}, ANY_MODEL)
    with pytest.raises(InvalidRequestError, match="^titan_img_quality: no source gives the price of a premium picture"):
        parsed({"prompt": "x", "image_model_id": TITAN, "titan_img_quality": "premium"}, ANY_MODEL)


def test_titans_seeds_end_earlier() -> None:
    with pytest.raises(InvalidRequestError, match="titan_img_seed: 2147483647 is out of range"):
        parsed({"prompt": "x", "image_model_id": TITAN, "titan_img_seed": 2147483647}, ANY_MODEL)


@pytest.mark.parametrize(
    ("attempts", "revisions", "fits"),
    [(MAX_ATTEMPTS_PER_RUN, 0, True), (MAX_ATTEMPTS_PER_RUN // 2, 1, True), (MAX_ATTEMPTS_PER_RUN // 2 + 1, 1, False)],
)
def test_all_attempts_together_stay_below_the_history_limit(attempts: int, revisions: int, fits: bool) -> None:
    event = {"prompt": "x", "max_retry_attempts": attempts, "max_prompt_revisions": revisions}
    if fits:
        parsed(event)
        return
    with pytest.raises(InvalidRequestError, match=f"give at most {MAX_ATTEMPTS_PER_RUN} in all.*25,000 events"):
        parsed(event)


def test_every_model_of_the_catalogue_can_be_asked_for_where_the_deployment_allows_it() -> None:
    for model_id, model in image_models().items():
        if "text" not in model.operations:
            continue
        assert parsed({"prompt": "x", "image_model_id": model_id}, ANY_MODEL).image_model.model_id == model_id
    for model_id in claude_model_ids():
        assert parsed({"prompt": "x", "revise_model_id": model_id}, ANY_MODEL).revise_model.model_id == model_id


def test_settings_survive_the_environment() -> None:
    for settings in (SETTINGS, ANY_MODEL, Settings(bucket="b", max_cost_usd_per_run=0.25, image_read_timeout_s=1.5)):
        assert Settings.from_environment(settings.to_environment()) == settings


def test_an_environment_without_a_bucket_or_with_a_word_for_a_number_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="RETAKE_BUCKET"):
        Settings.from_environment({})
    for text in ("five", "nan", "inf", "-1", "0"):
        with pytest.raises(InvalidRequestError, match=f'RETAKE_MAX_COST_USD_PER_RUN: "{text}" is not a number above 0'):
            Settings.from_environment({"RETAKE_BUCKET": "b", "RETAKE_MAX_COST_USD_PER_RUN": text})


def test_an_environment_with_several_faults_is_refused_with_a_line_for_each() -> None:
    wrong = {
        "RETAKE_EXTRA_OUTPUT_BUCKETS": "a,b",
        "RETAKE_MAX_COST_USD_PER_RUN": "5$",
        "RETAKE_CHECK_MODEL_ACCESS": "True",
    }

    with pytest.raises(InvalidRequestError) as refused:
        Settings.from_environment(wrong)

    assert [line.split(": ")[0] for line in str(refused.value).split("\n")] == [*wrong, "RETAKE_BUCKET"]
