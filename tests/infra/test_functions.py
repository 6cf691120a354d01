"""The functions in the template: runtime, size, timeout, logs, environment."""

from pathlib import Path
from typing import Any

import pytest

from lambdas.core.runtime.custom_models import CustomModel
from lambdas.core.runtime.functions import FUNCTIONS
from lambdas.core.runtime.settings import Settings
from tests.support.harnesses.synthesised_stack import CUSTOM_ARN, CUSTOM_BASE

ROOT = Path(__file__).parents[2]
VERBS = ["prepare", "generate", "validate", "revise", "conclude", "plan", "conclude_batch"]
MEMORY_MB = {"prepare": 512, "revise": 512, "plan": 1769, "conclude_batch": 1769}


def test_every_function_of_the_table_is_in_the_stack_and_has_a_handler(stack: Any) -> None:
    functions = stack.functions()
    assert sorted(functions) == sorted(VERBS) == sorted(FUNCTIONS)
    for verb, function in functions.items():
        module, name = function["Handler"].rsplit(".", 1)
        assert f"def {name}(" in (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"), verb


@pytest.mark.parametrize("verb", VERBS)
def test_a_function_runs_on_arm_with_its_own_role_log_group_tracing_and_json_logs(stack: Any, verb: str) -> None:
    functions = stack.functions()
    function = functions[verb]
    assert function["Runtime"] == "python3.14"
    assert function["Architectures"] == ["arm64"]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert "ReservedConcurrentExecutions" not in function
    others = [other for name, other in functions.items() if name != verb]
    assert function["Role"] not in [other["Role"] for other in others]
    assert function["LoggingConfig"]["LogGroup"] not in [other["LoggingConfig"]["LogGroup"] for other in others]


@pytest.mark.parametrize("verb", VERBS)
def test_a_function_has_the_timeout_memory_and_disk_of_the_table(stack: Any, verb: str) -> None:
    function = stack.functions()[verb]
    assert function["Timeout"] == FUNCTIONS[verb].timeout_s
    assert function["MemorySize"] == MEMORY_MB.get(verb, 1024)
    disk_mb = {"plan": 2048, "conclude_batch": 8192}
    disk = {"EphemeralStorage": {"Size": disk_mb[verb]}} if verb in disk_mb else {}
    assert {name: function[name] for name in ("EphemeralStorage",) if name in function} == disk


def test_all_functions_are_one_asset(stack: Any) -> None:
    assets = {str(function["Code"]["S3Key"]) for function in stack.functions().values()}
    assert len(assets) == 1


def test_every_log_group_has_the_retention_of_the_setting(stack: Any, wide_stack: Any) -> None:
    for found, days in ((stack, 90), (wide_stack, 30)):
        groups = found.of_type("AWS::Logs::LogGroup").values()
        assert [group["Properties"]["RetentionInDays"] for group in groups] == [days] * 9
        assert {group["DeletionPolicy"] for group in groups} == {"Delete"}


@pytest.mark.parametrize("verb", VERBS)
def test_the_environment_parses_to_the_settings_of_the_deployment(stack: Any, wide_stack: Any, verb: str) -> None:
    assert _settings(stack, verb) == Settings(bucket="<bucket>", batch_table="<table>", check_model_access=True)
    assert _settings(wide_stack, verb) == Settings(
        check_model_access=True,
        bucket="<bucket>",
        batch_table="<table>",
        extra_output_buckets=("campaign",),
        extra_input_buckets=("stock",),
        image_model_ids={"INPAINTING": "us.stability.stable-image-inpaint-v1:0"},
        extra_model_ids=(
            "stability.stable-image-ultra-v1:1",
            "global.anthropic.claude-opus-5-5",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ),
        custom_models=(CustomModel(CUSTOM_ARN, CUSTOM_BASE, "ron"),),
        claude_region="us-west-1",
        max_cost_usd_per_run=1.5,
        max_cost_usd_per_batch=20.0,
    )


def _settings(stack: Any, verb: str) -> Settings:
    variables = stack.functions()[verb]["Environment"]["Variables"]
    return Settings.from_environment({name: stack.text(value) for name, value in variables.items()})
