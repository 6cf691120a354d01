"""A custom model of the settings: its limits, what may be asked of it, and what a run says about its price."""

import json
from datetime import date
from typing import Any

import pytest

from lambdas.core.admission.admit import admit_request
from lambdas.core.admission.dry_run import price_request
from lambdas.core.admission.warnings import warnings_about
from lambdas.core.catalogue.models import image_model, lifecycle_warning
from lambdas.core.request.request import Request
from lambdas.core.runtime.custom_models import CustomModel
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings

ARN = "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/ronronronron"
OTHER = "arn:aws:bedrock:us-west-2:123456789012:custom-model-deployment/bobbobbobbob"
TITAN = "amazon.titan-image-generator-v2:0"
SETTINGS = Settings(bucket="pictures", custom_models=(CustomModel(ARN, TITAN, "ron"),))


def admit(settings: Settings = SETTINGS, **event: Any) -> Request:
    """Admit an event."""
    return admit_request({"prompt": "Ron the dog on a beach", **event}, settings, "run").request


def test_a_declared_model_has_the_limits_of_its_base_but_no_price_per_picture_and_fewer_operations() -> None:
    custom, base = image_model(ARN), image_model(TITAN)

    assert (custom.model_id, custom.call_id, custom.base_model_id) == (ARN, ARN, TITAN)
    assert (custom.sizes_px, custom.max_prompt_chars, custom.max_seed) == (base.sizes_px, 512, base.max_seed)
    assert (custom.image_price_usd(512, 512), custom.image_price_usd(1024, 1024)) == (0.0, 0.0)
    gone = set(base.operations) - set(custom.operations)
    assert {name.split("_")[0] for name in gone} == {"inpaint", "remove", "outpaint", "palette"}
    assert {"text", "variation", "background_removal", "condition_canny_edge"} <= set(custom.operations)


def test_an_event_may_name_a_declared_model_and_no_other() -> None:
    assert admit(image_model_id=ARN).image_model_id == ARN
    with pytest.raises(InvalidRequestError, match="image_model_id: no image model "):
        admit(image_model_id=OTHER)
    Settings(bucket="other", custom_models=(CustomModel(OTHER, TITAN, "bob"),))
    with pytest.raises(
        InvalidRequestError, match="this deployment may not call arn:.* give arn:.*ronronronron or stab"
    ):
        admit(image_model_id=OTHER)


def test_a_declared_model_may_be_the_default() -> None:
    settings = Settings(bucket="pictures", image_model_id=ARN, custom_models=SETTINGS.custom_models)
    assert admit(settings).image_model_id == ARN


@pytest.mark.parametrize(
    "fields",
    [
        {"task_type": "INPAINTING", "images": ["s3://pictures/a.png"], "mask_prompt": "the ball"},
        {"task_type": "OUTPAINTING", "images": ["s3://pictures/a.png"], "mask_prompt": "the dog"},
        {"task_type": "COLOR_GUIDED_GENERATION", "colors": ["#112233"]},
    ],
)
def test_a_task_that_a_fine_tuned_titan_lacks_is_refused_with_the_models_that_have_it(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError, match=r"image_model_id: ron \(Titan.*\) does not do .*; models that do: "):
        admit(image_model_id=ARN, **fields)


def test_the_estimate_says_that_pictures_have_no_price_and_that_no_ceiling_counts_the_hours() -> None:
    found = price_request(admit_request({"prompt": "Ron the dog", "image_model_id": ARN}, SETTINGS, "run"), SETTINGS)

    (warning,) = (warning for warning in found["warnings"] if "by the hour" in warning)
    assert warning == (
        "image_model_id: ron (Titan Image Generator G1 v2) has no price per picture: a custom model is paid by the hour, used "
        "or not. image_usd is 0, and neither the cost nor a ceiling counts the hours"
    )
    priced = price_request(admit_request({"prompt": "Ron the dog"}, SETTINGS, "run"), SETTINGS)
    assert found["worst_case_usd"] < priced["worst_case_usd"]
    assert not [warning for warning in priced["warnings"] if "by the hour" in warning]


def test_the_lifecycle_is_that_of_the_base_model_and_names_it() -> None:
    day = date(2026, 11, 29)
    ended = f"{TITAN}, the base model of {ARN}, reached its end of life on Amazon Bedrock on 2026-06-30"
    assert lifecycle_warning(image_model(ARN), day) == ended
    assert ended in warnings_about(admit(image_model_id=ARN), day)


def test_the_settings_pass_through_the_environment() -> None:
    variables = SETTINGS.to_environment()
    assert json.loads(variables["RETAKE_CUSTOM_MODELS"]) == [{"arn": ARN, "base_model_id": TITAN, "name": "ron"}]
    assert Settings.from_environment(variables) == SETTINGS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ron", 'RETAKE_CUSTOM_MODELS: "ron" is not a list of objects'),
        ("[7]", "RETAKE_CUSTOM_MODELS[0]: 7 is not an object with arn, base_model_id, name"),
        ('[{"arn": "a", "base_model_id": "b", "name": 7}]', "RETAKE_CUSTOM_MODELS[0].name: 7 is not a text"),
        ('[{"arn": "a", "base_model_id": "b", "name": "n"}]', 'RETAKE_CUSTOM_MODELS[0].arn: "a" is not the ARN'),
        (
            json.dumps(
                [{"arn": ARN.replace("provisioned-model", "foundation-model"), "base_model_id": "b", "name": "n"}]
            ),
            "RETAKE_CUSTOM_MODELS[0].arn: ",
        ),
    ],
)
def test_a_variable_that_is_not_a_list_of_custom_models_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        Settings.from_environment({"RETAKE_BUCKET": "b", "RETAKE_CUSTOM_MODELS": text})
    assert str(caught.value).startswith(message)


def test_a_base_model_that_is_not_in_the_catalogue_is_named() -> None:
    arn = ARN.replace("ronronronron", "badbadbadbad")
    settings = Settings(bucket="b", custom_models=(CustomModel(arn, arn, "bad"),))
    with pytest.raises(
        InvalidRequestError, match="custom_models: no image model .* the base_model_id of bad; choose one of "
    ):
        admit(settings, image_model_id=arn)
