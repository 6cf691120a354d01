"""Settings from cdk.json: defaults, types, and errors that say what to do."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.context import read_deployment
from infra.inference_profiles import GEOGRAPHIES, source_regions
from infra.settings import Deployment, SettingError
from lambdas.core.catalogue.models import claude_model_ids
from tests.support.harnesses.synthesised_stack import CUSTOM_ARN, CUSTOM_BASE

ROOT = Path(__file__).parents[2]


def _read(**settings: Any) -> Deployment:
    return read_deployment({f"retake:{name}": value for name, value in settings.items()})


def test_cdk_json_has_every_setting_with_its_default() -> None:
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    shown = {key.removeprefix("retake:") for key in context if key.startswith("retake:")}
    assert shown == set(Deployment.__dataclass_fields__)
    assert read_deployment(context) == Deployment() == _read()


def test_values_from_the_command_line_are_text() -> None:
    assert _read(
        max_cost_usd_per_run="2.5",
        expire_after_days="30",
        log_execution_data="true",
        extra_output_buckets="campaign, archive",
        extra_model_ids="",
        alarm_email="on-call@example.com",
        alarm_cost_usd_per_hour="12.5",
    ) == Deployment(
        max_cost_usd_per_run=2.5,
        expire_after_days=30,
        log_execution_data=True,
        extra_output_buckets=("campaign", "archive"),
        alarm_email="on-call@example.com",
        alarm_cost_usd_per_hour=12.5,
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("image_model", "x", "retake:image_model: unknown setting; did you mean retake:image_model_id?"),
        ("colour", "x", "retake:colour: unknown setting; choose from stack_name, "),
        ("stack_name", "my stack", 'retake:stack_name: "my stack" cannot be used; give a letter, then letters'),
        ("stack_name", 7, "retake:stack_name: 7 cannot be used; give a text"),
        (
            "image_model_id",
            "dall-e",
            'retake:image_model_id: "dall-e" cannot be used; choose from the catalogue: amazon.titan',
        ),
        (
            "image_model_id",
            "us.anthropic.claude-haiku-5-5",
            'retake:image_model_id: "us.anthropic.claude-haiku-5-5" cannot',
        ),
        (
            "validate_model_id",
            "anthropic.claude-haiku-5-5",
            'retake:validate_model_id: "anthropic.claude-haiku-5-5" cannot',
        ),
        ("revise_model_id", "us.amazon.nova-pro-v1:0", 'retake:revise_model_id: "us.amazon.nova-pro-v1:0" cannot'),
        (
            "extra_model_ids",
            ["dall-e"],
            'retake:extra_model_ids: "dall-e" cannot be used; choose from the catalogue: amazon.titan',
        ),
        (
            "extra_model_ids",
            ["*"],
            'retake:extra_model_ids: "*" cannot be used; choose from the catalogue: amazon.titan',
        ),
        ("extra_model_ids", {"a": 1}, 'retake:extra_model_ids: {"a": 1} cannot be used; give a list of texts'),
        ("extra_model_ids", [1], "retake:extra_model_ids: [1] cannot be used; give a list of texts"),
        (
            "image_region",
            "us-east-1",
            'retake:image_region: "us-east-1" cannot be used; stability.stable-image-core-v1:1 is not offered there; '
            "choose one of us-west-2",
        ),
        ("image_region", "Oregon", 'retake:image_region: "Oregon" cannot be used; give a Region such as us-west-2'),
        (
            "claude_region",
            "eu-west-1",
            'retake:claude_region: "eu-west-1" cannot be used; us.anthropic.claude-haiku-5-5 cannot be called from '
            "there; choose one of us-east-1, us-east-2, us-west-2, us-west-1, ca-central-1, ca-west-1",
        ),
        ("claude_region", "", 'retake:claude_region: "" cannot be used; give a text'),
        ("extra_output_buckets", ["s3://campaign"], 'retake:extra_output_buckets: "s3://campaign" cannot be used; '),
        ("extra_input_buckets", ["stock/2026"], 'retake:extra_input_buckets: "stock/2026" cannot be used; '),
        ("image_model_ids", ["x"], "retake:image_model_ids: "),
        ("image_model_ids", "INPAINTING", 'retake:image_model_ids: "INPAINTING" cannot be used; give a JSON object'),
        (
            "image_model_ids",
            {"INPAINT": "x"},
            'retake:image_model_ids: "INPAINT" cannot be used; give tasks: TEXT_IMAGE',
        ),
        (
            "image_model_ids",
            {"INPAINTING": "x"},
            'retake:image_model_ids: "x" cannot be used; choose from the catalogue',
        ),
        (
            "image_model_ids",
            {"INPAINTING": "stability.stable-image-core-v1:1"},
            'retake:image_model_ids: "stability.stable-image-core-v1:1" cannot be used; it does not do INPAINTING; models',
        ),
        ("extra_output_buckets", ["campaign/2026"], 'retake:extra_output_buckets: "campaign/2026" cannot be used; '),
        ("max_cost_usd_per_run", 0, "retake:max_cost_usd_per_run: 0.0 cannot be used; give US dollars, more than 0"),
        ("max_cost_usd_per_run", "nan", "retake:max_cost_usd_per_run: NaN cannot be used; give US dollars"),
        ("max_cost_usd_per_run", "inf", "retake:max_cost_usd_per_run: Infinity cannot be used; give US dollars"),
        ("max_cost_usd_per_run", True, "retake:max_cost_usd_per_run: true cannot be used; give a number"),
        ("max_cost_usd_per_run", "five", 'retake:max_cost_usd_per_run: "five" cannot be used; give a number'),
        (
            "max_cost_usd_per_batch",
            0,
            "retake:max_cost_usd_per_batch: 0.0 cannot be used; give US dollars, more than 0",
        ),
        ("max_cost_usd_per_batch", "inf", "retake:max_cost_usd_per_batch: Infinity cannot be used; give US dollars"),
        ("expire_after_days", 0, "retake:expire_after_days: 0 cannot be used; give 1 or more days"),
        ("expire_after_days", 1.5, "retake:expire_after_days: 1.5 cannot be used; give a whole number"),
        ("log_retention_days", 91, "retake:log_retention_days: 91 cannot be used; choose one of 1, 3, 5, 7, "),
        ("log_execution_data", "yes", 'retake:log_execution_data: "yes" cannot be used; give true or false'),
        (
            "alarm_email",
            "on-call",
            'retake:alarm_email: "on-call" cannot be used; give one address, such as on-call@ex',
        ),
        ("alarm_email", "a@example.com, b@example.com", 'retake:alarm_email: "a@example.com, b@example.com" cannot'),
        ("alarm_email", "a@example.com\n", 'retake:alarm_email: "a@example.com\\n" cannot be used; give one address'),
        ("alarm_email", "", 'retake:alarm_email: "" cannot be used; give a text'),
        ("alarm_email", ["a@example.com"], 'retake:alarm_email: ["a@example.com"] cannot be used; give a text'),
        (
            "alarm_cost_usd_per_hour",
            0,
            "retake:alarm_cost_usd_per_hour: 0.0 cannot be used; give US dollars, more than 0",
        ),
        ("alarm_cost_usd_per_hour", "nan", "retake:alarm_cost_usd_per_hour: NaN cannot be used; give US dollars"),
        ("alarm_cost_usd_per_hour", "much", 'retake:alarm_cost_usd_per_hour: "much" cannot be used; give a number'),
        ("customization", "yes", 'retake:customization: "yes" cannot be used; give true or false'),
        ("custom_models", "ron", 'retake:custom_models: "ron" is not a list of objects; give one, such as [{"arn":'),
        (
            "custom_models",
            [{"arn": "x"}],
            'retake:custom_models[0]: {"arn": "x"} is not an object with arn, base_model_id',
        ),
        (
            "custom_models",
            [{"arn": CUSTOM_BASE, "base_model_id": CUSTOM_BASE, "name": "ron"}],
            'retake:custom_models[0].arn: "amazon.titan-image-generator-v2:0" is not the ARN of a provisioned or custom',
        ),
        (
            "custom_models",
            [{"arn": CUSTOM_ARN, "base_model_id": "dall-e", "name": "ron"}],
            'retake:custom_models: "dall-e" cannot be used; choose from the catalogue: amazon.titan',
        ),
        (
            "custom_models",
            [{"arn": CUSTOM_ARN, "base_model_id": CUSTOM_BASE, "name": name} for name in ("ron", "bob")],
            'retake:custom_models: two models have the arn "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/a',
        ),
        (
            "custom_models",
            [{"arn": CUSTOM_ARN.replace("us-west-2", "us-east-1"), "base_model_id": CUSTOM_BASE, "name": "ron"}],
            'retake:image_region: "us-west-2" cannot be used; arn:aws:bedrock:us-east-1:123456789012:provisioned-model/',
        ),
        ("log_execution_data", 1, "retake:log_execution_data: 1 cannot be used; give true or false"),
    ],
)
def test_an_invalid_setting_is_reported_with_its_name_the_fault_and_the_fix(
    name: str, value: Any, message: str
) -> None:
    with pytest.raises(SettingError) as caught:
        _read(**{name: value})
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_global_profile_can_be_called_in_any_region() -> None:
    deployment = _read(
        claude_region="ap-south-1",
        validate_model_id="global.anthropic.claude-haiku-5-5",
        revise_model_id="global.anthropic.claude-sonnet-5-5",
    )
    assert deployment.claude_region == "ap-south-1"


def test_every_profile_of_the_catalogue_has_its_regions() -> None:
    profiles = {model_id.split(".", 1)[0] for model_id in claude_model_ids()}
    assert profiles == {*GEOGRAPHIES, "global"}
    assert all(source_regions(profile) for profile in GEOGRAPHIES)


def test_an_extra_model_that_is_also_a_default_is_allowed_once() -> None:
    deployment = _read(extra_model_ids=["us.anthropic.claude-sonnet-5-5"])
    assert [model.model_id for model in deployment.revise_models()] == ["us.anthropic.claude-sonnet-5-5"]
    assert [model.model_id for model in deployment.validate_models()] == [
        "us.anthropic.claude-haiku-5-5",
        "us.anthropic.claude-sonnet-5-5",
    ]


def test_the_deployment_guide_lists_every_setting() -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    table = guide.split("| `retake:` |")[1].split("\n\n")[0]
    listed = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
    assert listed == set(Deployment.__dataclass_fields__)


def test_a_custom_model_when_declared_then_it_may_be_the_default_and_keeps_the_limits_of_its_base() -> None:
    declared = [{"arn": CUSTOM_ARN, "base_model_id": CUSTOM_BASE, "name": "ron"}]
    deployment = _read(image_model_id=CUSTOM_ARN, custom_models=declared)
    assert deployment == _read(image_model_id=CUSTOM_ARN, custom_models=json.dumps(declared))
    (model,) = deployment.image_models()
    assert (model.model_id, model.base_model_id, model.max_prompt_chars) == (CUSTOM_ARN, CUSTOM_BASE, 512)
    assert deployment.function_settings("b", "t").custom_models == deployment.custom_models
