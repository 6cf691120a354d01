"""Create a fine-tuning job, and follow it to its end."""

from typing import Any

from retake.customization.bedrock import SERVICE, find_or_none, wait_while
from retake.customization.dataset_source import Dataset, upload
from retake.customization.destination import parse_s3
from retake.customization.plan import Plan
from retake.deployed.aws import Aws, StackError, errors_of
from retake.deployed.stack import DeployedStack
from retake.view import exit_codes
from retake.view.errors import BadInputError
from retake.view.output import print_stderr

FOLDER = "customization"
"""The folder of the stack's bucket that the job's role may read. infra/customization.py grants it."""
_PENDING = frozenset({"InProgress", "Stopping"})


def create_job(stack: DeployedStack, plan: Plan) -> str:
    """Create the job, unless there is one with its name already. Return its ARN.

    Raises:
        StackError: the stack has no role for it, or AWS failed, or refused.
        BadInputError: the set is where the job's role may not read.
    """
    existing = find_job(stack.aws, plan.name)
    if existing:
        print_stderr(f"there is a job {plan.name} already; it is followed, and nothing is created")
        return str(existing["jobArn"])
    role, bucket = stack.output("CustomizationRoleArn"), stack.output("BucketName")
    data = _data_uri(stack.aws, plan.dataset, bucket)
    with errors_of(SERVICE, plan.name):
        created = stack.aws.client(SERVICE).create_model_customization_job(
            jobName=plan.name,
            customModelName=plan.name,
            roleArn=role,
            clientRequestToken=plan.name,
            baseModelIdentifier=plan.base.model_id,
            customizationType="FINE_TUNING",
            trainingDataConfig={"s3Uri": data},
            outputDataConfig={"s3Uri": f"s3://{bucket}/{FOLDER}/output/"},
            hyperParameters=plan.hyperparameters,
        )
    return str(created["jobArn"])


def find_job(aws: Aws, name: str) -> dict[str, Any] | None:
    """Return the job with this name or ARN; None if there is none.

    Raises:
        StackError: AWS failed, or refused.
    """
    return find_or_none(name, lambda: aws.client(SERVICE).get_model_customization_job(jobIdentifier=name))


def follow_job(aws: Aws, name: str) -> dict[str, Any]:
    """Wait for the end of the job, and return it.

    Raises:
        BadInputError: there is no such job.
        StackError: the job failed or was stopped; or AWS failed, or refused.
    """

    def describe() -> dict[str, Any]:
        job = find_job(aws, name)
        if job is None:
            raise BadInputError(f"there is no fine-tuning job {name!r} in {aws.region}")
        return job

    job = wait_while(_PENDING, describe)
    if job["status"] == "Completed":
        return job
    why = job.get("failureMessage") or "no reason given"
    ended = "was stopped" if job["status"] == "Stopped" else f"ended {job['status']}: {why}"
    raise StackError(f"the job {job['jobName']} {ended}", exit_codes.FAULT)


def _data_uri(aws: Aws, dataset: Dataset, bucket: str) -> str:
    if not dataset.is_in_s3:
        return upload(dataset, aws.s3, bucket, f"{FOLDER}/datasets/{dataset.digest[:16]}/")
    found, key = parse_s3(dataset.place, "--dataset")
    readable = f"s3://{bucket}/{FOLDER}/"
    outside = [dataset.place, *(record["image-ref"] for record in dataset.records)]
    outside = [address for address in outside if not address.startswith(readable)]
    if outside:
        raise BadInputError(
            f"--dataset {outside[0]}: the job's role may read {readable} only; make the set with "
            f"`retake dataset … --out {readable}NAME`"
        )
    return f"s3://{found}/{key.rstrip('/')}"
