"""The table of batches: one entry by `id`, gone after half a year."""

import time
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.runtime.clients import dynamodb
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.settings import settings

_KEPT_S = 180 * 24 * 3600


def read_entry(name: str) -> dict[str, Any]:
    """The entry as it is now; empty where there is none.

    Raises:
        RecordError: DynamoDB failed.
    """
    table = settings().batch_table
    try:
        answer = dynamodb().get_item(TableName=table, Key=key(name), ConsistentRead=True)
    except (ClientError, BotoCoreError) as error:
        raise RecordError(f"{table}: DynamoDB did not answer for the batch's counter ({error})") from error
    found: dict[str, Any] = answer.get("Item", {})
    return found


def key(name: str) -> dict[str, Any]:
    """What DynamoDB finds the entry by."""
    return {"id": {"S": name}}


def number(value: Decimal | int) -> dict[str, str]:
    """The number as DynamoDB takes it."""
    return {"N": format(value, "f") if isinstance(value, Decimal) else str(value)}


def expiry() -> dict[str, str]:
    """When DynamoDB may forget the entry."""
    return number(int(time.time()) + _KEPT_S)
