"""The alarms: their metrics and thresholds, when they do not go off, and where they are sent."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.observability import alarms
from lambdas.conclude.metrics import emit as emit_run
from lambdas.core.runtime.functions import FUNCTIONS
from tests.support.harnesses.metrics import RESULT, EmittedMetrics, emit_everything, pay_for_a_call

ROOT = Path(__file__).parents[3]
OURS = {"service": "Retake"}
AT_LEAST, ABOVE, AT_MOST = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanOrEqualToThreshold",
)


def alarms_of(stack: Any) -> dict[str, dict[str, Any]]:
    """Return the properties of each alarm, by its construct id."""
    found = stack.of_type("AWS::CloudWatch::Alarm")
    return {name.removeprefix("Alarms")[:-8]: alarm["Properties"] for name, alarm in found.items()}


def metrics_of(stack: Any, alarm: dict[str, Any]) -> list[tuple[str, str, dict[str, str], str, int]]:
    """Return (namespace, name, dimensions, statistic, period in seconds) of each metric of an alarm."""
    stats = [query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    stats = stats or [{"Metric": alarm, "Stat": alarm["Statistic"], "Period": alarm["Period"]}]
    return [
        (
            stat["Metric"]["Namespace"],
            stat["Metric"]["MetricName"],
            {one["Name"]: stack.text(one["Value"]) for one in stat["Metric"].get("Dimensions", [])},
            stat["Stat"],
            stat["Period"],
        )
        for stat in stats
    ]


def test_each_alarm_has_this_metric_and_threshold(stack: Any) -> None:
    (queue,) = stack.of_type("AWS::SQS::Queue")
    lambda_errors = {
        name: ([("AWS/Lambda", "Errors", {"FunctionName": f"<{verb}>"}, "Sum", 300)], AT_LEAST, 1, 1)
        for name, verb in (
            ("ConcludeErrors", "conclude"),
            ("PlanErrors", "plan"),
            ("ConcludeBatchErrors", "conclude_batch"),
        )
    }
    found = {
        name: (metrics_of(stack, alarm), alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"])
        for name, alarm in alarms_of(stack).items()
    }
    assert found == {
        "Faults": ([("Retake", "Faults", OURS, "Sum", 300)], AT_LEAST, 1, 1),
        "BatchErrors": ([("Retake", "BatchErrors", OURS, "Sum", 300)], AT_LEAST, 1, 1),
        "BatchesRefused": ([("Retake", "BatchesRefused", OURS, "Sum", 300)], AT_LEAST, 1, 1),
        **lambda_errors,
        "ModelThrottled": (
            [("Retake", "Throttles", OURS, "Sum", 300), ("Retake", "ModelRequests", OURS, "Sum", 300)],
            ABOVE,
            0.5,
            3,
        ),
        "FunctionsThrottled": (
            [("AWS/Lambda", "Throttles", {"FunctionName": "<generate>"}, "Sum", 300)],
            AT_LEAST,
            1,
            3,
        ),
        "BatchStuck": ([("Retake", "BatchItemsEnded", OURS, "Sum", 900)], AT_MOST, 0, 4),
        # AWS: the Map Run metrics of Step Functions have no dimension; they cover the account.
        "MapRunsWaiting": ([("AWS/States", "ApproximateMapRunBacklogSize", {}, "Maximum", 300)], AT_LEAST, 1, 3),
        "SpendPerHour": ([("Retake", "SpentUsd", OURS, "Sum", 3600)], ABOVE, 100, 1),
        "ManifestLetters": (
            [("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": f"<{queue}>"}, "Maximum", 300)],
            AT_LEAST,
            1,
            1,
        ),
    }


def test_the_share_of_throttled_requests_is_throttles_by_requests(stack: Any) -> None:
    (expression,) = (one for one in alarms_of(stack)["ModelThrottled"]["Metrics"] if "Expression" in one)
    assert expression["Expression"] == "throttles / modelRequests" and expression["ReturnData"]


def test_an_idle_stack_raises_no_alarm(stack: Any, wide_stack: Any) -> None:
    for found in (stack, wide_stack):
        for name, alarm in alarms_of(found).items():
            assert alarm["TreatMissingData"] == "notBreaching", name
            assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"], name


def test_an_alarm_says_what_happened_and_what_to_do(wide_stack: Any) -> None:
    for name, alarm in alarms_of(wide_stack).items():
        # AWS: a description holds at most 1,024 characters.
        assert 150 < len(alarm["AlarmDescription"]) <= 1024, name
        assert alarm["AlarmDescription"].count(". ") >= 2, name
    assert "More than $12.5 " in alarms_of(wide_stack)["SpendPerHour"]["AlarmDescription"]


def test_the_deployment_guide_lists_every_alarm(wide_stack: Any) -> None:
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    rows = guide.split("| alarm |")[1].split("\n\n")[0].splitlines()[2:]
    listed = {name for row in rows for name in row.split("|")[1].split("`")[1::2]}
    names = {name for name in alarms_of(wide_stack) if not name.startswith("ScheduleLetters")}
    assert listed == names | {"ScheduleLetters"}


def test_every_metric_in_the_namespace_retake_is_emitted_with_the_dimension_of_its_stack(
    stack: Any, wide_stack: Any
) -> None:
    for found in (stack, wide_stack):
        for function in found.functions().values():
            assert function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == found.stack_name
        emitted = emit_everything({"POWERTOOLS_SERVICE_NAME": found.stack_name}).metrics()
        read = {
            (namespace, name, tuple(dimensions.items()))
            for alarm in alarms_of(found).values()
            for namespace, name, dimensions, _, _ in metrics_of(found, alarm)
            if namespace == "Retake"
        }
        assert read and read <= emitted


def test_a_batch_is_stuck_if_its_items_call_models_and_none_ends(stack: Any) -> None:
    alarm = alarms_of(stack)["BatchStuck"]
    working, getting_on, single, idle = EmittedMetrics({}), EmittedMetrics({}), EmittedMetrics({}), EmittedMetrics({})
    with working.record():
        pay_for_a_call(in_batch=True)
    with getting_on.record():
        pay_for_a_call(in_batch=True)
        emit_run(RESULT, in_batch=True)
    with single.record():
        pay_for_a_call(in_batch=False)
        emit_run(RESULT)
    breaching = [
        bool(values) and sum(values) <= alarm["Threshold"]
        for values in (one.values("BatchItemsEnded") for one in (working, getting_on, single, idle))
    ]
    assert breaching == [True, False, False, False]


def test_an_active_item_has_data_in_every_period_of_the_alarm_on_stuck_batches() -> None:
    loop = json.loads((ROOT / "statemachine" / "loop.asl.json").read_text(encoding="utf-8"))["States"]
    waits = [retry["MaxDelaySeconds"] for state in loop.values() for retry in state.get("Retry", [])]
    longest = max(FUNCTIONS[verb].state_timeout_s for verb in ("prepare", "generate", "validate", "revise"))
    assert (longest, max(waits)) == (540, 60)
    # An item calls a model at the latest when its next state starts.
    assert longest + max(waits) < alarms.STUCK_PERIOD.to_seconds()
    assert alarms.STUCK_PERIOD.to_seconds() * alarms.STUCK_PERIODS == 3600


@pytest.mark.parametrize("status", ["EXHAUSTED", "BLOCKED", "BUDGET_EXCEEDED", "BEST_EFFORT", "ACCEPTED"])
def test_a_run_that_is_not_accepted_is_not_a_fault(stack: Any, status: str) -> None:
    emitted = EmittedMetrics({})
    with emitted.record():
        emit_run({**RESULT, "status": status})
    assert sum(emitted.values("Faults")) < alarms_of(stack)["Faults"]["Threshold"]


def test_every_dead_letter_queue_has_an_alarm(stack: Any, wide_stack: Any) -> None:
    for found, count in ((stack, 1), (wide_stack, 3)):
        watched = {
            dimensions["QueueName"]
            for alarm in alarms_of(found).values()
            for namespace, _, dimensions, _, _ in metrics_of(found, alarm)
            if namespace == "AWS/SQS"
        }
        assert watched == {f"<{queue}>" for queue in found.of_type("AWS::SQS::Queue")}
        assert len(watched) == count
    descriptions = [alarm["AlarmDescription"] for alarm in alarms_of(wide_stack).values()]
    assert any("the schedule every-6.hours." in one for one in descriptions)
    assert any("the schedule morning." in one for one in descriptions)


def test_without_an_address_alarms_have_no_action(stack: Any) -> None:
    assert not stack.of_type("AWS::SNS::Topic") and not stack.of_type("AWS::SNS::Subscription")
    assert not any(
        alarm.keys() & {"AlarmActions", "OKActions", "InsufficientDataActions"} for alarm in alarms_of(stack).values()
    )


def test_with_an_address_every_alarm_is_sent_to_it(wide_stack: Any) -> None:
    (topic,) = wide_stack.of_type("AWS::SNS::Topic")
    assert wide_stack.only("AWS::SNS::Subscription") == {
        "Protocol": "email",
        "Endpoint": "on-call@example.com",
        "TopicArn": {"Ref": topic},
    }
    assert wide_stack.only("AWS::SNS::Topic") == {"DisplayName": "Studio alarms"}
    for name, alarm in alarms_of(wide_stack).items():
        assert alarm["AlarmActions"] == [{"Ref": topic}], name


def test_only_alarms_of_this_account_may_publish_and_only_with_tls(wide_stack: Any) -> None:
    (topic,) = wide_stack.of_type("AWS::SNS::Topic")
    policy = wide_stack.only("AWS::SNS::TopicPolicy")
    assert policy["Topics"] == [{"Ref": topic}]
    statements = [
        (one["Effect"], one["Action"], one["Principal"], one["Resource"], one["Condition"].keys())
        for one in policy["PolicyDocument"]["Statement"]
    ]
    assert statements == [
        ("Deny", "sns:Publish", "*", {"Ref": topic}, {"Bool"}),
        (
            "Allow",
            "sns:Publish",
            {"Service": "cloudwatch.amazonaws.com"},
            {"Ref": topic},
            {"StringEquals", "ArnLike"},
        ),
    ]
    _, allow = policy["PolicyDocument"]["Statement"]
    assert wide_stack.text(allow["Condition"]["StringEquals"]["aws:SourceAccount"]) == "<AccountId>"
    source = wide_stack.text(allow["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source == "arn:<Partition>:cloudwatch:<Region>:<AccountId>:alarm:*"
