"""Bedrock's control plane: whether the base model may be fine-tuned, and the wait for a status to change."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from lambdas.core.catalogue.models import ImageModel
from retake.customization.plan import lifecycle_fault
from retake.deployed.aws import Aws, StackError, errors_of
from retake.deployed.polling import Pace
from retake.view.output import print_stderr

SERVICE = "bedrock"
NOT_FOUND = ("ResourceNotFoundException", "ValidationException")
POLL_S = (10.0, 60.0)
"""The shortest and the longest wait between two questions. A training takes hours."""


def service_lifecycle_fault(aws: Aws, base: ImageModel, today: date) -> str | None:
    """Return why no job can be created. Bedrock's own answer counts; the catalogue's only if there is none."""
    try:
        with errors_of(SERVICE, base.model_id):
            details = aws.client(SERVICE).get_foundation_model(modelIdentifier=base.model_id)["modelDetails"]
    except StackError as error:
        if error.code in NOT_FOUND:
            return f"Amazon Bedrock has no model {base.model_id} in {aws.region} any more ({error})"
        return lifecycle_fault(base, today)
    status = (details.get("modelLifecycle") or {}).get("status", "ACTIVE")
    if status != "ACTIVE":
        return (
            f"{base.model_id} is {str(status).capitalize()} in {aws.region}; Amazon Bedrock creates no new fine-tuning jobs "
            "and no new throughput for it"
        )
    return None


def find_or_none(name: str, get: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """Return the answer of `get`, or None if Bedrock has no resource with this name or ARN.

    Raises:
        StackError: AWS failed, or refused.
    """
    try:
        with errors_of(SERVICE, name):
            return get()
    except StackError as error:
        if error.code in NOT_FOUND:
            return None
        raise


def wait_while(pending: frozenset[str], describe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Ask until the status is not one of `pending`, print each change, and return the last answer.

    Raises:
        StackError: AWS failed, or refused.
    """
    pace, before, started_s = Pace(*POLL_S), None, time.monotonic()
    while True:
        found = describe()
        status = found["status"]
        if status != before:
            elapsed = datetime.fromtimestamp(time.monotonic() - started_s, UTC)
            print_stderr(f"{elapsed:%H:%M:%S}  {status}")
        if status not in pending:
            return found
        pace.wait(has_changed=status != before)
        before = status
