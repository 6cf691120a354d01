"""The template as a whole: its resources, its names and its outputs."""

from collections import Counter
from typing import Any


def test_the_stack_holds_these_resources_and_no_others(stack: Any) -> None:
    types = Counter(resource["Type"] for resource in stack.template["Resources"].values())
    assert types == {
        "AWS::S3::Bucket": 1,
        "AWS::S3::BucketPolicy": 1,
        "AWS::DynamoDB::Table": 1,
        "AWS::Lambda::Function": 7,
        "AWS::Logs::LogGroup": 9,
        "AWS::IAM::Role": 11,
        "AWS::IAM::Policy": 13,
        "AWS::Events::EventBus": 1,
        "AWS::Events::Rule": 2,
        "AWS::SQS::Queue": 1,
        "AWS::SQS::QueuePolicy": 1,
        "AWS::StepFunctions::StateMachine": 2,
        "AWS::CloudWatch::Alarm": 12,
        "AWS::CloudWatch::Dashboard": 1,
    }


def test_no_resource_has_a_physical_name_so_that_two_stacks_fit_in_one_account(stack: Any) -> None:
    for logical_id, resource in stack.template["Resources"].items():
        names = {"BucketName", "FunctionName", "LogGroupName", "RoleName", "StateMachineName", "TableName"}
        names |= {"AlarmName", "DashboardName", "TopicName"}
        assert not names & resource.get("Properties", {}).keys(), logical_id
        assert not logical_id.startswith("Retake"), logical_id


def test_the_stack_has_the_name_of_its_setting(stack: Any, wide_stack: Any) -> None:
    assert (stack.stack_name, wide_stack.stack_name) == ("Retake", "Studio")
    more = wide_stack.template["Resources"].keys() - stack.template["Resources"].keys()
    assert not stack.template["Resources"].keys() - wide_stack.template["Resources"].keys()
    assert all(
        logical_id.startswith(("Schedules", "AlarmsSchedule", "AlarmsTopic", "Customization")) for logical_id in more
    )


def test_outputs_are_what_a_user_needs_to_start_and_watch_runs(stack: Any) -> None:
    (dashboard,) = stack.of_type("AWS::CloudWatch::Dashboard")
    outputs = {name: stack.text(output["Value"]) for name, output in stack.template["Outputs"].items()}
    assert outputs == {
        "BucketName": "<bucket>",
        "StateMachineArn": "<loop>",
        "BatchStateMachineArn": "<batch>",
        "BatchTableName": "<table>",
        "StartCommand": "aws stepfunctions start-execution --region <Region> --state-machine-arn <loop> "
        """--input '{"prompt": "A red bicycle leaning on a white wall"}'""",
        "ConsoleUrl": "https://<Region>.console.aws.amazon.com/states/home?region=<Region>#/statemachines/view/<loop>",
        "DashboardUrl": "https://<Region>.console.aws.amazon.com/cloudwatch/home?region=<Region>#dashboards/dashboard/"
        f"<{dashboard}>",
    }
    assert all(output["Description"] for output in stack.template["Outputs"].values())
