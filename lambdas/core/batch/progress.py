"""Count the ended items of a batch, so that a progress bar reads one number instead of 100,000 results.

The table has two kinds of entries:

    {batch_key}@{execution}             items_ended, items_accepted: the counts of this execution of the batch
    {batch_key}@{execution}/{run_id}    marks an item as counted, so that Conclude does not count it twice if invoked again

The mark is written first. A function that is killed between the two writes leaves one item uncounted. This affects only
the progress bar; summary.json has the exact numbers.
"""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.runtime.clients import dynamodb
from lambdas.core.runtime.observability import logger
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.table import expiry, key, number


def count_ended_item(counter: str, run_id: str, *, accepted: bool) -> None:
    """Count an ended item once. Errors are logged; they never fail the item."""
    table = settings().batch_table
    mark: dict[str, Any] = {**key(f"{counter}/{run_id}"), "expires_at": expiry()}
    try:
        dynamodb().put_item(TableName=table, Item=mark, ConditionExpression="attribute_not_exists(id)")
        dynamodb().update_item(
            TableName=table,
            Key=key(counter),
            UpdateExpression="SET expires_at = :expiry ADD items_ended :one, items_accepted :accepted",
            ExpressionAttributeValues={":one": number(1), ":accepted": number(int(accepted)), ":expiry": expiry()},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            logger.warning(
                "the progress count was not updated",
                extra={"run_id": run_id, "fault": str(error)},
            )
    except BotoCoreError as error:
        logger.warning(
            "the progress count was not updated",
            extra={"run_id": run_id, "fault": str(error)},
        )
