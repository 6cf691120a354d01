"""The permissions of each role. A permission that is missing from these tables fails a test."""

from typing import Any

import pytest

from lambdas.core.runtime.batch_paths import BATCH_FOLDER, ITEMS, MAP_FOLDER, RESERVED_FOLDERS
from tests.support.harnesses.synthesised_stack import CUSTOM_ARN

LOOP = ("prepare", "generate", "validate", "revise", "conclude")
RUNNING = {
    ("Allow", "logs:CreateLogStream", "<logs>", ""),
    ("Allow", "logs:PutLogEvents", "<logs>", ""),
    ("Allow", "xray:PutTraceSegments", "*", ""),
    ("Allow", "xray:PutTelemetryRecords", "*", ""),
}
COUNTING = {
    ("Allow", "dynamodb:GetItem", "<table>", ""),
    ("Allow", "dynamodb:PutItem", "<table>", ""),
    ("Allow", "dynamodb:UpdateItem", "<table>", ""),
}
ALWAYS = RUNNING | {
    ("Allow", "s3:GetObject", "<bucket>/*", ""),
    ("Allow", "s3:PutObject", "<bucket>/*", ""),
    ("Deny", "s3:GetObject", "<bucket>/batches/*", ""),
    ("Deny", "s3:GetObject", "<bucket>/batch/*", ""),
    ("Deny", "s3:PutObject", "<bucket>/batches/*", ""),
    ("Deny", "s3:PutObject", "<bucket>/batch/*", ""),
    ("Allow", "s3:ListBucket", "<bucket>", ""),
    *COUNTING,
}
BATCH = RUNNING | {
    ("Allow", "s3:GetObject", "<bucket>/*", ""),
    ("Allow", "s3:PutObject", "<bucket>/batch/*", ""),
    ("Allow", "s3:ListBucket", "<bucket>", ""),
}
BATCH_CAMPAIGN = {
    ("Allow", "s3:GetObject", "arn:<Partition>:s3:::campaign/*", ""),
    ("Allow", "s3:ListBucket", "arn:<Partition>:s3:::campaign", ""),
}
EXECUTIONS = "arn:<Partition>:states:<Region>:<AccountId>:execution:<batch>"
DESCRIBE = {("Allow", "states:DescribeExecution", f"{EXECUTIONS}:*", "")}
PUT_EVENTS = {("Allow", "events:PutEvents", "arn:<Partition>:events:<Region>:<AccountId>:event-bus/default", "")}
CAMPAIGN = {
    ("Allow", "s3:GetObject", "arn:<Partition>:s3:::campaign/*", ""),
    ("Allow", "s3:PutObject", "arn:<Partition>:s3:::campaign/*", ""),
    ("Deny", "s3:GetObject", "arn:<Partition>:s3:::campaign/batches/*", ""),
    ("Deny", "s3:GetObject", "arn:<Partition>:s3:::campaign/batch/*", ""),
    ("Deny", "s3:PutObject", "arn:<Partition>:s3:::campaign/batches/*", ""),
    ("Deny", "s3:PutObject", "arn:<Partition>:s3:::campaign/batch/*", ""),
    ("Allow", "s3:ListBucket", "arn:<Partition>:s3:::campaign", ""),
}


def model(region: str, model_id: str) -> str:
    return f"arn:<Partition>:bedrock:{region}::foundation-model/{model_id}"


def behind(profile_id: str, source_region: str, regions: list[str]) -> set[tuple[str, str, str, str]]:
    """Return the permission to call a profile, and the model behind it in each Region through this profile only."""
    profile = f"arn:<Partition>:bedrock:{source_region}:<AccountId>:inference-profile/{profile_id}"
    condition = f"StringEquals bedrock:InferenceProfileArn {profile}"
    models = {
        ("Allow", "bedrock:InvokeModel", model(region, profile_id.split(".", 1)[1]), condition) for region in regions
    }
    return {("Allow", "bedrock:InvokeModel", profile, "")} | models


US = ["us-east-1", "us-east-2", "us-west-2"]
JUDGE = behind("us.anthropic.claude-haiku-5-5", "us-west-2", US)
REVISER = behind("us.anthropic.claude-sonnet-5-5", "us-west-2", US)
ACCESS = {("Allow", "bedrock:GetFoundationModelAvailability", "*", "")}
PAINTER = {("Allow", "bedrock:InvokeModel", model("us-west-2", "stability.stable-image-core-v1:1"), "")}

# A `us.` profile called in us-west-1 may also use the model there. A `global.` one uses it there or anywhere.
US_WEST_1 = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"]
EXTRA_CLAUDE = behind("global.anthropic.claude-opus-5-5", "us-west-1", ["us-west-1", ""]) | behind(
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-west-1", US_WEST_1
)
WIDE_JUDGE = behind("us.anthropic.claude-haiku-5-5", "us-west-1", US_WEST_1) | EXTRA_CLAUDE
WIDE_REVISER = behind("us.anthropic.claude-sonnet-5-5", "us-west-1", US_WEST_1) | EXTRA_CLAUDE
READING = ALWAYS - {("Deny", "s3:GetObject", f"<bucket>/{folder}/*", "") for folder in RESERVED_FOLDERS}
"""Of Prepare, which reads source pictures beside a manifest."""
STOCK = {("Allow", "s3:GetObject", "arn:<Partition>:s3:::stock/*", "")}
INPAINTER = behind("us.stability.stable-image-inpaint-v1:0", "us-west-2", US)
WIDE_PAINTER = (
    INPAINTER
    | PAINTER
    | {("Allow", "bedrock:InvokeModel", model("us-west-2", "stability.stable-image-ultra-v1:1"), "")}
    | {("Allow", "bedrock:InvokeModel", CUSTOM_ARN, "")}
)


def _statements(stack: Any, verb: str) -> set[tuple[str, str, str, str]]:
    function = stack.functions()[verb]
    logs = stack.text(function["LoggingConfig"]["LogGroup"])
    return {
        (effect, action, "<logs>" if resource == logs else resource, condition)
        for effect, action, resource, condition in stack.statements(function["Role"])
    }


@pytest.mark.parametrize(
    ("verb", "models"),
    [("prepare", JUDGE | ACCESS), ("generate", PAINTER), ("validate", JUDGE), ("revise", REVISER), ("conclude", set())],
)
def test_a_function_of_a_run_has_exactly_these_permissions(
    stack: Any, verb: str, models: set[tuple[str, str, str, str]]
) -> None:
    assert _statements(stack, verb) == (READING if verb == "prepare" else ALWAYS) | models


@pytest.mark.parametrize(
    ("verb", "models"),
    [
        ("prepare", WIDE_JUDGE | ACCESS),
        ("generate", WIDE_PAINTER),
        ("validate", WIDE_JUDGE),
        ("revise", WIDE_REVISER),
        ("conclude", set()),
    ],
)
def test_extra_models_and_buckets_add_exactly_these_permissions(
    wide_stack: Any, verb: str, models: set[tuple[str, str, str, str]]
) -> None:
    if verb == "prepare":
        campaign = {one for one in CAMPAIGN if one[:2] != ("Deny", "s3:GetObject")}
        assert _statements(wide_stack, verb) == READING | campaign | STOCK | models
    else:
        assert _statements(wide_stack, verb) == ALWAYS | CAMPAIGN | models


@pytest.mark.parametrize(("verb", "more"), [("plan", DESCRIBE), ("conclude_batch", COUNTING | PUT_EVENTS)])
def test_the_functions_of_a_batch_read_everything_and_write_only_files_of_batches(
    stack: Any, wide_stack: Any, verb: str, more: set[tuple[str, str, str, str]]
) -> None:
    assert _statements(stack, verb) == BATCH | more
    assert _statements(wide_stack, verb) == BATCH | BATCH_CAMPAIGN | more


def _may_invoke_log_and_trace(*verbs: str) -> set[tuple[str, str, str, str]]:
    unnamed = {
        *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
        *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies"),
        *("logs:DescribeLogGroups", "xray:PutTraceSegments", "xray:PutTelemetryRecords"),
        *("xray:GetSamplingRules", "xray:GetSamplingTargets"),
    }
    return {("Allow", action, "*", "") for action in unnamed} | {
        ("Allow", "lambda:InvokeFunction", f"<{verb}>", "") for verb in verbs
    }


def test_the_loop_machine_may_invoke_the_functions_of_a_run_log_and_trace(stack: Any) -> None:
    statements = stack.statements(stack.machines()["loop"]["RoleArn"])
    assert statements == _may_invoke_log_and_trace(*LOOP)


def test_the_batch_machine_may_also_start_and_stop_its_own_executions_and_use_the_files_of_its_map(stack: Any) -> None:
    statements = stack.statements(stack.machines()["batch"]["RoleArn"])
    results = "<bucket>/batch/*/map/*"
    assert statements == _may_invoke_log_and_trace(*LOOP, "plan", "conclude_batch") | {
        ("Allow", "s3:GetObject", "<bucket>/batch/*/plan/items.json", ""),
        ("Allow", "s3:GetObject", results, ""),
        ("Allow", "s3:PutObject", results, ""),
        ("Allow", "s3:ListMultipartUploadParts", results, ""),
        ("Allow", "s3:AbortMultipartUpload", results, ""),
        ("Allow", "states:StartExecution", "<batch>", ""),
        ("Allow", "states:DescribeExecution", f"{EXECUTIONS}:*", ""),
        ("Allow", "states:StopExecution", f"{EXECUTIONS}:*", ""),
        ("Allow", "states:DescribeExecution", f"{EXECUTIONS}/Items:*", ""),
        ("Allow", "states:StopExecution", f"{EXECUTIONS}/Items:*", ""),
    }


def test_the_denied_folders_are_those_that_a_request_must_not_use(stack: Any) -> None:
    for verb in LOOP:
        denied = {resource for effect, _, resource, _ in _statements(stack, verb) if effect == "Deny"}
        assert denied == {f"<bucket>/{folder}/*" for folder in RESERVED_FOLDERS}


def test_the_files_of_batches_are_where_plan_says_that_they_are(stack: Any) -> None:
    machine = {
        (action, resource)
        for _, action, resource, _ in stack.statements(stack.machines()["batch"]["RoleArn"])
        if action in ("s3:GetObject", "s3:PutObject")
    }
    items, results = (f"<bucket>/{BATCH_FOLDER}/*/{name}" for name in (ITEMS, f"{MAP_FOLDER}/*"))
    assert machine == {("s3:GetObject", items), ("s3:GetObject", results), ("s3:PutObject", results)}
    for verb in ("plan", "conclude_batch"):
        written = {resource for _, action, resource, _ in _statements(stack, verb) if action == "s3:PutObject"}
        assert written == {f"<bucket>/{BATCH_FOLDER}/*"}


def test_no_role_holds_an_action_with_a_wildcard(wide_stack: Any) -> None:
    roles = [function["Role"] for function in wide_stack.functions().values()]
    roles += [machine["RoleArn"] for machine in wide_stack.machines().values()]
    assert len({str(role) for role in roles}) == 9
    actions = {action for role in roles for _, action, _, _ in wide_stack.statements(role)}
    assert not {action for action in actions if "*" in action}


def test_only_the_service_that_needs_a_role_may_assume_it(stack: Any) -> None:
    roles = stack.of_type("AWS::IAM::Role").values()
    trusted = [
        statement["Principal"]
        for role in roles
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    ]
    assert trusted.count({"Service": "lambda.amazonaws.com"}) == 7
    assert trusted.count({"Service": "states.amazonaws.com"}) == 2
    assert trusted.count({"Service": "events.amazonaws.com"}) == 2
    assert len(trusted) == 11


def _customization_role(stack: Any) -> dict[str, Any]:
    return {"Fn::GetAtt": [stack.template["Outputs"]["CustomizationRoleArn"]["Value"]["Fn::GetAtt"][0], "Arn"]}


def test_a_fine_tuning_job_may_read_the_folder_of_training_sets_and_write_its_output_only(wide_stack: Any) -> None:
    assert wide_stack.statements(_customization_role(wide_stack)) == {
        ("Allow", "s3:GetObject", "<bucket>/customization/*", ""),
        ("Allow", "s3:PutObject", "<bucket>/customization/output/*", ""),
        ("Allow", "s3:ListBucket", "<bucket>", ""),
    }


def test_only_fine_tuning_jobs_of_this_account_may_assume_their_role(wide_stack: Any) -> None:
    name = _customization_role(wide_stack)["Fn::GetAtt"][0]
    (statement,) = wide_stack.template["Resources"][name]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert statement["Action"] == "sts:AssumeRole"
    source = wide_stack.text(statement["Condition"]["ArnEquals"]["aws:SourceArn"])
    assert source == "arn:<Partition>:bedrock:<Region>:<AccountId>:model-customization-job/*"
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_without_the_setting_there_is_no_role_for_fine_tuning_jobs(stack: Any) -> None:
    assert "CustomizationRoleArn" not in stack.template["Outputs"]
    assert not [name for name in stack.of_type("AWS::IAM::Role") if name.startswith("Customization")]
