"""The cost ceiling of a batch: a counter that every item increases before it pays.

The counter is in DynamoDB, because the items run in parallel and S3 has no atomic addition. There are two kinds of
entries in the table:

    {batch_key}                     spent_usd: the amount that all items hold
    {batch_key}/{prefix}/{run_id}   steps: the amount that each step holds · ahead_usd: the amount for the step that follows

One transaction writes a run's entry and the counter. The entry has total amounts, not differences, so a function that
is killed and invoked again does not hold its amount twice.
"""

import random
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.request.request import Request
from lambdas.core.runtime.clients import dynamodb
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.observability import logger
from lambdas.core.runtime.settings import settings
from lambdas.core.storage.table import expiry, key, number, read_entry

_TRIES = 12
_FIRST_WAIT_S = 0.05
_LONGEST_WAIT_S = 2.0
_EPSILON_USD = Decimal("1e-9")


@dataclass(frozen=True)
class Budget:
    """The part of its batch's ceiling that one run holds."""

    batch_key: str
    run: str
    """The run's folder, `{prefix}/{run_id}`. An item whose line was changed has another folder, and pays for it again."""
    ceiling_usd: float

    def hold(self, step: str, usd: float, ahead_usd: float = 0.0, *, is_paid: bool = False) -> bool:
        """Set the amounts that the run holds: `usd` for the step, `ahead_usd` for the step that must follow it.

        Return False, and change nothing, if the batch would exceed its ceiling. The run can always reduce what it holds.

        is_paid: `usd` was paid, so it counts even above the ceiling. A model may return more than was asked for.

        Raises:
            RecordError: DynamoDB failed, or other runs changed the counter at each of 12 tries (retried by the state
                machine).
        """
        for attempt in range(_TRIES):
            held = self._read_held()
            steps = {**held["steps"], step: _decimal(usd)}
            ahead = _decimal(ahead_usd)
            more = sum(steps.values()) + ahead - sum(held["steps"].values()) - held["ahead"]
            fault = self._write(steps, ahead, held["version"], more, is_limited=not is_paid)
            if fault is None:
                return True
            if fault == "ceiling":
                return False
            time.sleep(random.uniform(0, min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**attempt)))
        raise RecordError(f"{self.batch_key}: the batch's counter is too busy; the step is tried again")

    def release_ahead(self) -> None:
        """Release the amount for a following step that will not be taken."""
        held = self._read_held()
        if held["ahead"]:
            step, usd = next(iter(held["steps"].items()))
            self.hold(step, float(usd))

    def _read_held(self) -> dict[str, Any]:
        found = read_entry(f"{self.batch_key}/{self.run}")
        steps = found.get("steps", {"M": {}})["M"]
        return {
            "steps": {name: Decimal(value["N"]) for name, value in steps.items()},
            "ahead": Decimal(found.get("ahead_usd", {"N": "0"})["N"]),
            "version": int(found.get("version", {"N": "0"})["N"]),
        }

    def _write(
        self, steps: dict[str, Decimal], ahead: Decimal, version: int, more: Decimal, *, is_limited: bool
    ) -> str | None:
        table = settings().batch_table
        run = {
            **key(f"{self.batch_key}/{self.run}"),
            "steps": {"M": {name: number(usd) for name, usd in steps.items()}},
            "ahead_usd": number(ahead),
            "version": number(Decimal(version + 1)),
            "expires_at": expiry(),
        }
        unchanged: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
        if version:
            unchanged = {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": number(Decimal(version))},
            }
        counter: dict[str, Any] = {
            "TableName": table,
            "Key": key(self.batch_key),
            "UpdateExpression": "SET expires_at = :expiry ADD spent_usd :more",
            "ExpressionAttributeValues": {":more": number(more), ":expiry": expiry()},
        }
        if is_limited and more > _EPSILON_USD:
            limit = _decimal(self.ceiling_usd) + _EPSILON_USD - more
            if limit < 0:
                return "ceiling"
            counter["ConditionExpression"] = "attribute_not_exists(spent_usd) OR spent_usd <= :limit"
            counter["ExpressionAttributeValues"][":limit"] = number(limit)
        try:
            dynamodb().transact_write_items(
                TransactItems=[{"Put": {"TableName": table, "Item": run, **unchanged}}, {"Update": counter}]
            )
        except ClientError as error:
            reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
            if reasons and reasons[-1] == "ConditionalCheckFailed" and reasons[0] != "ConditionalCheckFailed":
                return "ceiling"
            if reasons or error.response["Error"]["Code"] in ("TransactionInProgressException", "ThrottlingException"):
                return "busy"
            raise RecordError(f"{table}: DynamoDB did not write the batch's counter ({error})") from error
        except BotoCoreError as error:
            raise RecordError(f"{table}: DynamoDB did not write the batch's counter ({error})") from error
        return None


def batch_budget(request: Request) -> Budget | None:
    """Return the budget of a run in a batch; None for a single run."""
    if request.batch is None:
        return None
    run = holder_of(request.output_s3_key_prefix, request.run_id)
    return Budget(request.batch.key, run, request.batch.max_cost_usd)


def holder_of(prefix: str, run_id: str) -> str:
    """Return the name under which a run holds money: its folder."""
    return f"{prefix}/{run_id}"


def release_unused(request: Request) -> None:
    """Release what an ended run of a batch still holds for a step that was not taken. An error is logged."""
    if budget := batch_budget(request):
        try:
            budget.release_ahead()
        except RecordError:
            logger.warning("the unused reservation was not returned to the batch", extra={"run_id": request.run_id})


def read_spent_usd(batch_key: str) -> float:
    """Return the amount that the batch's items have paid or hold, in USD."""
    return float(read_entry(batch_key).get("spent_usd", {"N": "0"})["N"])


def _decimal(usd: float) -> Decimal:
    return Decimal(f"{usd:.9f}")
