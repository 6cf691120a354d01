"""What the loader leaves out for moto: each of it is really refused, and nothing else is missing from what runs."""

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
    # Nothing is run, so nothing listens there.
    with LocalCloud(tmp_path_factory.mktemp("out"), bedrock_url="http://127.0.0.1:9") as cloud:
        yield cloud


def loaded(cloud: LocalCloud, machine: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What moto runs, and the ARNs of its functions by placeholder."""
    found = cloud.clients.stepfunctions.describe_state_machine(stateMachineArn=cloud.create_machine(machine))
    names = {name: re.sub("(?!^)(?=[A-Z])", "_", name.removesuffix("FunctionArn")) for name in placeholders(machine)}
    arns = {name: f"arn:aws:lambda:us-east-1:123456789012:function:{short.lower()}" for name, short in names.items()}
    return json.loads(found["definition"]), arns


def refused(cloud: LocalCloud, name: str, machine: dict[str, Any]) -> str:
    """What moto says of a machine that it refuses (its error has no code); empty where it takes it."""
    role = "arn:aws:iam::123456789012:role/local"
    try:
        made = cloud.clients.stepfunctions.create_state_machine(name=name, definition=json.dumps(machine), roleArn=role)
    except ClientError as error:
        return str(error.response["Error"]["Message"])
    cloud.clients.stepfunctions.delete_state_machine(stateMachineArn=made["stateMachineArn"])
    return ""


@pytest.mark.parametrize("machine", MACHINES)
def test_what_runs_is_what_is_shipped_without_exactly_the_refused_fields(cloud: LocalCloud, machine: str) -> None:
    running, arns = loaded(cloud, machine)
    shipped = json.loads(read(machine, arns))
    for state, field in UNSUPPORTED_FIELDS if machine == "batch" else ():
        del shipped["States"][state][field]
    assert running == shipped


@pytest.mark.parametrize(("state", "field"), UNSUPPORTED_FIELDS)
def test_each_field_that_is_left_out_is_refused_by_moto_on_its_own(cloud: LocalCloud, state: str, field: str) -> None:
    running, arns = loaded(cloud, "batch")
    assert refused(cloud, "without", running) == ""
    running["States"][state][field] = json.loads(read("batch", arns))["States"][state][field]
    assert refused(cloud, f"with-{field}", running).startswith("ASLParserException")


@pytest.mark.parametrize("part", ["Arguments", "WriterConfig"])
def test_no_part_of_the_result_writer_could_stay(cloud: LocalCloud, part: str) -> None:
    running, _ = loaded(cloud, "batch")
    running["States"]["Run items"]["ResultWriter"] = {"Resource": WRITER["Resource"], part: WRITER[part]}
    assert f'at "{part}"' in refused(cloud, f"with-{part}", running)


def test_a_definition_without_those_fields_is_left_as_it_is() -> None:
    definition = json.dumps({"States": {"Run items": {"Type": "Map"}}}, indent=3)
    assert remove_unsupported_fields(definition) is definition
