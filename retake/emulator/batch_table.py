"""The DynamoDB table of batches, in moto: the costs of each batch and of each of its runs."""

import contextlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import boto3
from botocore.exceptions import ClientError

TABLE = "retake-batches"


def create_batch_table() -> None:
    """Create the table in the running `LocalCloud`, unless it exists."""
    with contextlib.suppress(_client().exceptions.ResourceInUseException):
        _client().create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )


def restore_spending(batch_key: str, holder: str, ledgers: Mapping[str, Mapping[str, Any]]) -> None:
    """Add the costs in a run's ledgers to the table, as the functions of an earlier process did. Does so only once.

    holder: `holder_of` the run.
    ledgers: the documents by step.
    """
    steps: dict[str, Decimal] = {}
    for step, ledger in ledgers.items():
        usd = sum(call["reserved_usd"] if call["cost_usd"] is None else call["cost_usd"] for call in ledger["calls"])
        steps[step] = Decimal(f"{usd:.9f}")
    if not steps:
        return
    run: dict[str, Any] = {
        "id": {"S": f"{batch_key}/{holder}"},
        "steps": {"M": {step: {"N": format(usd, "f")} for step, usd in steps.items()}},
        "ahead_usd": {"N": "0"},
        "version": {"N": "1"},
    }
    try:
        _client().put_item(TableName=TABLE, Item=run, ConditionExpression="attribute_not_exists(id)")
    except ClientError as error:
        # This process has counted it already.
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return
    _client().update_item(
        TableName=TABLE,
        Key={"id": {"S": batch_key}},
        UpdateExpression="ADD spent_usd :usd",
        ExpressionAttributeValues={":usd": {"N": format(sum(steps.values()), "f")}},
    )


def _client() -> Any:
    return boto3.client("dynamodb")
