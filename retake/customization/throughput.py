"""Provisioned throughput, which serves a custom model and is billed by the hour until it is deleted."""

from typing import Any

from retake.customization.bedrock import SERVICE, find_or_none, wait_while
from retake.customization.job import find_job
from retake.deployed.aws import Aws, StackError, errors_of
from retake.view import exit_codes
from retake.view.errors import BadInputError
from retake.view.output import print_stderr

PRICE = (
    "its price per hour is unknown here: no public source of Retake's catalogue has it; see the pricing page of Amazon "
    "Bedrock, or ask AWS"
)
_PENDING = frozenset({"Creating", "Updating"})


def create_throughput(aws: Aws, name: str, units: int) -> dict[str, Any]:
    """Buy throughput without a commitment for the custom model, unless there is some already, and wait until it serves.

    Raises:
        BadInputError: there is no such custom model.
        StackError: AWS failed, or refused; or the throughput failed.
    """
    found = _find(aws, name)
    if found is None:
        job = find_job(aws, name)
        if job is not None and job["status"] != "Completed":
            raise BadInputError(f"the job {name} is {job['status']}; a model can be served when it is Completed")
        with errors_of(SERVICE, name):
            aws.client(SERVICE).create_provisioned_model_throughput(
                provisionedModelName=name,
                modelId=job["outputModelArn"] if job else name,
                modelUnits=units,
            )
    else:
        print_stderr(f"there is throughput {name} already, with {found['modelUnits']} model units; nothing is bought")

    def describe() -> dict[str, Any]:
        now = _find(aws, name)
        if now is None:
            raise StackError(f"the throughput {name} was deleted")
        return now

    served = wait_while(_PENDING, describe)
    if served["status"] != "InService":
        why = served.get("failureMessage") or "no reason given"
        raise StackError(f"the throughput {name} ended {served['status']}: {why}", exit_codes.FAULT)
    return served


def delete_throughput(aws: Aws, name: str) -> None:
    """Delete the throughput. Its billing by the hour ends; the custom model stays.

    Raises:
        BadInputError: there is no such throughput.
        StackError: AWS failed, or refused.
    """
    if _find(aws, name) is None:
        raise BadInputError(f"there is no provisioned throughput {name!r} in {aws.region}")
    with errors_of(SERVICE, name):
        aws.client(SERVICE).delete_provisioned_model_throughput(provisionedModelId=name)


def _find(aws: Aws, name: str) -> dict[str, Any] | None:
    return find_or_none(name, lambda: aws.client(SERVICE).get_provisioned_model_throughput(provisionedModelId=name))
