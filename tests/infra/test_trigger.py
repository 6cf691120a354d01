"""The trigger: which uploads start a batch, with which input and permissions, and where failed starts go."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from lambdas.core.runtime.batch_paths import DEFAULTS_ENDING, DROP_FOLDER, ENDINGS


def _rules(stack: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the rule on the default bus and the rule on the stack's own bus."""
    rules = [rule["Properties"] for rule in stack.of_type("AWS::Events::Rule").values()]
    (uploaded,) = (rule for rule in rules if "EventBusName" not in rule)
    (manifest,) = (rule for rule in rules if "EventBusName" in rule)
    return uploaded, manifest


def _starts(stack: Any, bucket: str, key: str) -> bool:
    """Return whether an upload matches both rules."""
    event: Any = {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket}, "object": {"key": key, "sequencer": "0062E99A88DC407460"}},
    }
    for rule in _rules(stack):
        pattern = json.loads(json.dumps(rule["EventPattern"]))
        if "bucket" in pattern["detail"]:
            pattern["detail"]["bucket"]["name"] = [stack.text(name) for name in pattern["detail"]["bucket"]["name"]]
        if not EventPattern(None, pattern).matches_event(event):
            return False
    return True


@pytest.mark.parametrize(
    "key",
    [
        "batches/posters.jsonl",
        "batches/posters.json",
        "batches/posters.csv",
        "batches/2026/spring/posters.csv",
        "batches/two words + a plus.jsonl",
        "batches/ポスター.json",
        "batches/posters.defaults.jsonl",
        "batches/defaults.json",
    ],
)
def test_a_manifest_starts_a_batch(stack: Any, key: str) -> None:
    assert _starts(stack, "<bucket>", key)
    assert not _starts(stack, "another", key)


@pytest.mark.parametrize(
    "key",
    [
        "batches/posters.defaults.json",
        "batches/2026/ポスター.defaults.json",
        "batches/posters.txt",
        "batches/posters.json.bak",
        "batches/jsonl",
        "batch/posters-0123abcd/plan/items.json",
        "batch/posters-0123abcd/results.jsonl",
        "runs/batches/posters.jsonl",
        "posters.jsonl",
    ],
)
def test_nothing_else_starts_a_batch(stack: Any, key: str) -> None:
    assert not _starts(stack, "<bucket>", key)


def test_the_first_rule_forwards_to_the_stacks_own_bus_which_has_the_second(stack: Any, wide_stack: Any) -> None:
    for found, name in ((stack, "Retake-manifests"), (wide_stack, "Studio-manifests")):
        (bus,) = found.of_type("AWS::Events::EventBus")
        uploaded, manifest = _rules(found)
        assert found.only("AWS::Events::EventBus")["Name"] == name
        assert [found.text(target["Arn"]) for target in uploaded["Targets"]] == [f"<{bus}>"]
        assert found.text(manifest["EventBusName"]) == f"<{bus}>"


def test_the_input_of_the_batch_machine_is_bucket_key_and_sequencer(stack: Any) -> None:
    (target,) = _rules(stack)[1]["Targets"]
    assert stack.text(target["Arn"]) == "<batch>"
    template = target["InputTransformer"]["InputTemplate"]
    for name, path in target["InputTransformer"]["InputPathsMap"].items():
        template = template.replace(f"<{name}>", json.dumps(path))
    assert json.loads(template) == {
        "bucket": "$.detail.bucket.name",
        "key": "$.detail.object.key",
        "sequencer": "$.detail.object.sequencer",
    }
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 7200, "MaximumRetryAttempts": 10}


def test_each_rule_has_one_permission(stack: Any) -> None:
    (bus,) = stack.of_type("AWS::Events::EventBus")
    rights = [stack.statements(rule["Targets"][0]["RoleArn"]) for rule in _rules(stack)]
    assert rights == [
        {("Allow", "events:PutEvents", f"<{bus}>", "")},
        {("Allow", "states:StartExecution", "<batch>", "")},
    ]


def test_failed_starts_are_kept_for_14_days(stack: Any) -> None:
    (queue,) = (name for name in stack.of_type("AWS::SQS::Queue") if name.startswith("Trigger"))
    letters = [stack.text(rule["Targets"][0]["DeadLetterConfig"]["Arn"]) for rule in _rules(stack)]
    assert letters == [f"<{queue}>"] * 2
    assert stack.of_type("AWS::SQS::Queue")[queue]["Properties"] == {
        "MessageRetentionPeriod": 14 * 24 * 3600,
        "SqsManagedSseEnabled": True,
    }
    (policy,) = (
        found["Properties"]["PolicyDocument"]["Statement"]
        for found in stack.of_type("AWS::SQS::QueuePolicy").values()
        if {"Ref": queue} in found["Properties"]["Queues"]
    )
    allowed = {
        (statement["Action"], statement["Principal"]["Service"], stack.text(statement["Condition"]))
        for statement in policy
        if statement["Effect"] == "Allow"
    }
    assert allowed == {
        ("sqs:SendMessage", "events.amazonaws.com", f"ArnEquals aws:SourceArn <{rule}>")
        for rule in stack.of_type("AWS::Events::Rule")
    }


def test_the_folder_and_the_endings_are_those_that_plan_reads(stack: Any) -> None:
    uploaded, manifest = (rule["EventPattern"]["detail"]["object"]["key"] for rule in _rules(stack))
    assert uploaded == [{"wildcard": f"{DROP_FOLDER}/*{ending}"} for ending in ENDINGS]
    assert manifest == [{"anything-but": {"suffix": DEFAULTS_ENDING}}]
