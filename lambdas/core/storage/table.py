"""The DynamoDB table of batches. Its key is `id`; an entry expires after 180 days."""

import time
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.runtime.clients import dynamodb
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.settings import settings

_KEPT_S = 180 * 24 * 3600


def read_entry(name: str) -> dict[str, Any]:
    """Return an entry by a consistent read, in DynamoDB's typed form; empty if it does not exist.

    Raises:
        RecordError: DynamoDB failed.
    """
    table = settings().batch_table
    try:
        answer = dynamodb().get_item(TableName=table, Key=key(name), ConsistentRead=True)
    except (ClientError, BotoCoreError) as error:
        raise RecordError(f"{table}: DynamoDB did not read the batch's counter ({error})") from error
    found: dict[str, Any] = answer.get("Item", {})
    return found


def key(name: str) -> dict[str, Any]:
    """Return the entry's key in DynamoDB's typed form."""
    return {"id": {"S": name}}


def number(value: Decimal | int) -> dict[str, str]:
    """Return a number in DynamoDB's typed form."""
    return {"N": format(value, "f") if isinstance(value, Decimal) else str(value)}


def expiry() -> dict[str, str]:
    """Return the time at which DynamoDB may delete the entry, 180 days from now, in its typed form."""
    return number(int(time.time()) + _KEPT_S)
