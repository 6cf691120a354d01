"""The stand-in's control plane: fine-tuning jobs and provisioned throughput within the documented limits."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from standin import Options, StandIn
from tests.support.harnesses import stand_in_client as wire

TITAN = wire.TITAN
JOB: dict[str, Any] = {
    "jobName": "ron",
    "customModelName": "ron-model",
    "roleArn": "arn:aws:iam::123456789012:role/jobs",
    "baseModelIdentifier": TITAN,
    "trainingDataConfig": {"s3Uri": "s3://pictures/customization/train.jsonl"},
    "outputDataConfig": {"s3Uri": "s3://pictures/customization/output/"},
    "hyperParameters": {"stepCount": "500", "batchSize": "8", "learningRate": "0.00001"},
}


def client_of(stand_in: StandIn) -> Any:
    """Return a bedrock client without retries."""
    return boto3.client(
        "bedrock",
        endpoint_url=stand_in.url,
        region_name="us-west-2",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A stand-in with two answers before an end."""
    with StandIn(Options(error_rate=0, legacy_models=frozenset({"amazon.titan-image-generator-v1"}))) as bedrock:
        yield bedrock


@pytest.fixture
def bedrock(stand_in: StandIn) -> Any:
    """Its control plane."""
    return client_of(stand_in)


def complete(bedrock: Any, name: str = "ron") -> dict[str, Any]:
    """Ask until the job has ended."""
    for _ in range(10):
        job: dict[str, Any] = bedrock.get_model_customization_job(jobIdentifier=name)
        if job["status"] not in ("InProgress", "Stopping"):
            return job
    raise AssertionError(job["status"])


def test_a_job_goes_from_in_progress_to_completed_and_is_found_by_name_and_arn(bedrock: Any) -> None:
    arn = bedrock.create_model_customization_job(**JOB)["jobArn"]

    statuses = [bedrock.get_model_customization_job(jobIdentifier=each)["status"] for each in ("ron", arn, "ron")]

    assert statuses == ["InProgress", "InProgress", "Completed"]
    model = complete(bedrock)["outputModelArn"]
    assert model.startswith(f"arn:aws:bedrock:us-west-2:123456789012:custom-model/{TITAN}/")


def test_a_job_when_stopped_then_it_ends_stopped_and_serves_no_model(bedrock: Any) -> None:
    bedrock.create_model_customization_job(**JOB)
    bedrock.stop_model_customization_job(jobIdentifier="ron")

    assert complete(bedrock)["status"] == "Stopped"
    with pytest.raises(ClientError, match="ConflictException"):
        bedrock.stop_model_customization_job(jobIdentifier="ron")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        bedrock.create_provisioned_model_throughput(provisionedModelName="ron", modelId="ron-model", modelUnits=1)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hyperParameters": {}}, "stepCount is missing"),
        ({"hyperParameters": {"stepCount": "9"}}, "stepCount"),
        ({"hyperParameters": {"stepCount": "40001"}}, "stepCount"),
        ({"hyperParameters": {"stepCount": "500", "batchSize": "12"}}, "batchSize"),
        ({"hyperParameters": {"stepCount": "500", "batchSize": "200"}}, "batchSize"),
        ({"hyperParameters": {"stepCount": "500", "learningRate": "2"}}, "learningRate"),
        ({"hyperParameters": {"stepCount": "500", "epochCount": "1"}}, "epochCount"),
        ({"jobName": "-ron"}, "jobName"),
        ({"customModelName": "ron.model"}, "customModelName"),
        ({"roleArn": "jobs"}, "roleArn"),
        ({"baseModelIdentifier": "stability.stable-image-core-v1:1"}, "cannot be fine-tuned"),
        ({"baseModelIdentifier": "amazon.titan-image-generator-v1"}, "Legacy"),
        ({"trainingDataConfig": {"s3Uri": "pictures/train.jsonl"}}, "trainingDataConfig"),
        ({"validationDataConfig": {"validators": [{"s3Uri": "s3://pictures/x.jsonl"}]}}, "validationDataConfig"),
        ({"customizationType": "CONTINUED_PRE_TRAINING"}, "customizationType"),
    ],
)
def test_a_job_when_outside_the_documented_limits_then_it_is_refused(
    bedrock: Any, change: dict[str, Any], word: str
) -> None:
    with pytest.raises(ClientError, match=word) as caught:
        bedrock.create_model_customization_job(**{**JOB, **change})
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_a_name_in_use_is_a_conflict_but_the_same_token_is_the_same_job(bedrock: Any) -> None:
    first = bedrock.create_model_customization_job(**JOB, clientRequestToken="one")
    assert bedrock.create_model_customization_job(**JOB, clientRequestToken="one")["jobArn"] == first["jobArn"]
    with pytest.raises(ClientError, match="ConflictException"):
        bedrock.create_model_customization_job(**JOB, clientRequestToken="two")


def test_throughput_when_in_service_then_its_arn_is_invoked_until_it_is_deleted(
    stand_in: StandIn, bedrock: Any
) -> None:
    runtime = wire.client(stand_in.url)
    bedrock.create_model_customization_job(**JOB)
    model = complete(bedrock)["outputModelArn"]
    arn = bedrock.create_provisioned_model_throughput(provisionedModelName="ron", modelId=model, modelUnits=1)[
        "provisionedModelArn"
    ]
    with pytest.raises(ClientError, match="ConflictException"):
        bedrock.delete_provisioned_model_throughput(provisionedModelId="ron")
    statuses = [
        bedrock.get_provisioned_model_throughput(provisionedModelId=each)["status"] for each in ("ron", arn, "ron")
    ]
    assert statuses == ["Creating", "Creating", "InService"]

    assert len(wire.invoke(runtime, wire.titan_body("a red circle"), arn)["images"]) == 1
    bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        bedrock.get_provisioned_model_throughput(provisionedModelId="ron")


def test_more_model_units_than_the_account_has_are_refused(bedrock: Any) -> None:
    bedrock.create_model_customization_job(**JOB)
    model = complete(bedrock)["outputModelArn"]
    with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
        bedrock.create_provisioned_model_throughput(provisionedModelName="ron", modelId=model, modelUnits=2)


def test_a_base_model_has_its_lifecycle_and_an_unknown_operation_is_an_error(bedrock: Any) -> None:
    for model_id, status in ((TITAN, "ACTIVE"), ("amazon.titan-image-generator-v1", "LEGACY")):
        details = bedrock.get_foundation_model(modelIdentifier=model_id)["modelDetails"]
        assert details["modelLifecycle"]["status"] == status
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        bedrock.get_foundation_model(modelIdentifier="amazon.nova-canvas-v1:0")
    with pytest.raises(ClientError, match="UnknownOperationException"):
        bedrock.list_custom_models()
