"""The CDK stack, synthesised, with every `Fn::Join`, `Fn::GetAtt` and `Ref` of its template readable as text."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.application import build_app

CUSTOM_ARN = "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abcdefghijkl"
CUSTOM_BASE = "amazon.titan-image-generator-v2:0"
WIDE_SETTINGS = {
    "retake:stack_name": "Studio",
    "retake:extra_model_ids": [
        "stability.stable-image-ultra-v1:1",
        "global.anthropic.claude-opus-5-5",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
    "retake:custom_models": [{"arn": CUSTOM_ARN, "base_model_id": CUSTOM_BASE, "name": "ron"}],
    "retake:customization": True,
    "retake:claude_region": "us-west-1",
    "retake:image_model_ids": {"INPAINTING": "us.stability.stable-image-inpaint-v1:0"},
    "retake:extra_output_buckets": ["campaign"],
    "retake:extra_input_buckets": ["stock"],
    "retake:max_cost_usd_per_run": 1.5,
    "retake:max_cost_usd_per_batch": 20,
    "retake:expire_after_days": 400,
    "retake:log_retention_days": 30,
    "retake:log_execution_data": True,
    "retake:schedules": [
        {
            "name": "morning",
            "expression": "cron(0 6 ? * MON-FRI *)",
            "time_zone": "Asia/Tokyo",
            "event_file": "events/simple-en.json",
        },
        {
            "name": "every-6.hours",
            "expression": "rate(6 hours)",
            "event_file": "events/simple-en.json",
            "enabled": False,
        },
    ],
    "retake:alarm_email": "on-call@example.com",
    "retake:alarm_cost_usd_per_hour": 12.5,
}


@dataclass(frozen=True)
class SynthesisedStack:
    """A synthesised stack and its template."""

    folder: Path
    stack_name: str
    template: dict[str, Any]

    def of_type(self, resource_type: str) -> dict[str, Any]:
        """Return the resources of a type, by logical id."""
        resources: dict[str, Any] = self.template["Resources"]
        return {name: found for name, found in resources.items() if found["Type"] == resource_type}

    def only(self, resource_type: str) -> dict[str, Any]:
        """Return the properties of the one resource of a type."""
        (resource,) = self.of_type(resource_type).values()
        return dict(resource["Properties"])

    def functions(self) -> dict[str, dict[str, Any]]:
        """Return the properties of each function, by the name of its handler's folder."""
        functions = (found["Properties"] for found in self.of_type("AWS::Lambda::Function").values())
        return {function["Handler"].split(".")[1]: function for function in functions}

    def machines(self) -> dict[str, dict[str, Any]]:
        """Return the properties of each state machine: `loop` and `batch`."""
        machines = [found["Properties"] for found in self.of_type("AWS::StepFunctions::StateMachine").values()]
        return {
            "batch" if "PlanFunctionArn" in machine["DefinitionSubstitutions"] else "loop": machine
            for machine in machines
        }

    def statements(self, role: dict[str, Any]) -> set[tuple[str, str, str, str]]:
        """Return each permission of a role: (effect, action, resource, condition)."""
        name = role["Fn::GetAtt"][0]
        assert "Policies" not in self.template["Resources"][name]["Properties"]
        assert "ManagedPolicyArns" not in self.template["Resources"][name]["Properties"]
        documents = [
            found["Properties"]["PolicyDocument"]
            for found in self.of_type("AWS::IAM::Policy").values()
            if {"Ref": name} in found["Properties"]["Roles"]
        ]
        return {
            (statement["Effect"], action, self.text(resource), self.text(statement.get("Condition", "")))
            for document in documents
            for statement in document["Statement"]
            for action in _as_list(statement["Action"])
            for resource in _as_list(statement["Resource"])
        }

    def text(self, value: Any) -> str:
        """Return a value as text, with references as <bucket>, <table>, <loop>, <batch>, <generate>… or <logical id>."""
        if isinstance(value, str):
            return value
        if "Fn::Join" in value:
            return "".join(self.text(part) for part in value["Fn::Join"][1])
        if "Ref" in value:
            return f"<{self._name(value['Ref'])}>"
        if "Fn::GetAtt" in value:
            return f"<{self._name(value['Fn::GetAtt'][0])}>"
        return " ".join(f"{key} {self.text(inner)}" for key, inner in value.items())

    def _name(self, logical_id: str) -> str:
        resource = self.template["Resources"].get(logical_id, {"Type": ""})
        if resource["Type"] == "AWS::Lambda::Function":
            return str(resource["Properties"]["Handler"].split(".")[1])
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            return "batch" if "PlanFunctionArn" in resource["Properties"]["DefinitionSubstitutions"] else "loop"
        if resource["Type"] == "AWS::DynamoDB::Table":
            return "table"
        return "bucket" if resource["Type"] == "AWS::S3::Bucket" else logical_id.removeprefix("AWS::")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def synthesise(folder: Path, context: dict[str, Any]) -> SynthesisedStack:
    """Synthesise the stack with these settings into the folder, without filling the Lambda asset."""
    build_app(str(folder), {**context, "aws:cdk:bundling-stacks": []}).synth()
    manifest = json.loads((folder / "manifest.json").read_text())
    stack = manifest["artifacts"]["Retake"]["properties"]
    template = json.loads((folder / stack["templateFile"]).read_text())
    return SynthesisedStack(folder, stack.get("stackName", "Retake"), template)
