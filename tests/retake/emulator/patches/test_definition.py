"""moto refuses each field that is removed for it, and no other field is removed."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from retake.emulator.cloud import LocalCloud
from retake.emulator.patches.definition import UNSUPPORTED_FIELDS, remove_unsupported_fields
from statemachine import FOLDER, placeholders, read

MACHINES = sorted(path.name.removesuffix(".asl.json") for path in FOLDER.glob("*.asl.json"))
WRITER: dict[str, Any] = json.loads(read("batch", dict.fromkeys(placeholders("batch"), "arn")))["States"]["Run items"][
    "ResultWriter"
]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    # No machine is executed, so no Bedrock is needed.
    with LocalCloud(tmp_path_factory.mktemp("out"), bedrock_url="http://127.0.0.1:9") as cloud:
        yield cloud


def created_definition(cloud: LocalCloud, machine: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the definition of the machine in moto, and the ARNs of its functions by placeholder."""
    found = cloud.clients.stepfunctions.describe_state_machine(stateMachineArn=cloud.create_machine(machine))
    names = {name: re.sub("(?!^)(?=[A-Z])", "_", name.removesuffix("FunctionArn")) for name in placeholders(machine)}
    arns = {name: f"arn:aws:lambda:us-east-1:123456789012:function:{short.lower()}" for name, short in names.items()}
    return json.loads(found["definition"]), arns


def error_of_moto(cloud: LocalCloud, name: str, machine: dict[str, Any]) -> str:
    """Return the message with which moto refuses the machine, or an empty string if it accepts it. moto gives no code."""
    role = "arn:aws:iam::123456789012:role/local"
    try:
        made = cloud.clients.stepfunctions.create_state_machine(name=name, definition=json.dumps(machine), roleArn=role)
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    cloud.clients.stepfunctions.delete_state_machine(stateMachineArn=made["stateMachineArn"])
    return ""


@pytest.mark.parametrize("machine", MACHINES)
def test_machine_when_created_then_only_the_unsupported_fields_are_missing(cloud: LocalCloud, machine: str) -> None:
    running, arns = created_definition(cloud, machine)
    shipped = json.loads(read(machine, arns))
    for state, field in UNSUPPORTED_FIELDS if machine == "batch" else ():
        del shipped["States"][state][field]
    assert running == shipped


@pytest.mark.parametrize(("state", "field"), UNSUPPORTED_FIELDS)
def test_unsupported_field_when_kept_then_moto_refuses_it(cloud: LocalCloud, state: str, field: str) -> None:
    running, arns = created_definition(cloud, "batch")
    assert error_of_moto(cloud, "without", running) == ""
    running["States"][state][field] = json.loads(read("batch", arns))["States"][state][field]
    assert error_of_moto(cloud, f"with-{field}", running).startswith("ASLParserException")


@pytest.mark.parametrize("part", ["Arguments", "WriterConfig"])
def test_result_writer_when_part_of_it_is_kept_then_moto_refuses_it(cloud: LocalCloud, part: str) -> None:
    running, _ = created_definition(cloud, "batch")
    running["States"]["Run items"]["ResultWriter"] = {"Resource": WRITER["Resource"], part: WRITER[part]}
    assert f'at "{part}"' in error_of_moto(cloud, f"with-{part}", running)


def test_definition_when_it_has_no_unsupported_field_then_it_is_unchanged() -> None:
    definition = json.dumps({"States": {"Run items": {"Type": "Map"}}}, indent=3)
    assert remove_unsupported_fields(definition) is definition
