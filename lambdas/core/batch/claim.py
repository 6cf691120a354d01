"""Claim a delivery or a batch for one execution.

`claims/{name}-1.json` names the execution that claimed it first. If that execution crashed or ended, the next one claims
`-2`, and so on. Each file is written at most once (`If-None-Match`), so two executions never hold the same claim.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.batch.statuses import OWN_ERRORS
from lambdas.core.runtime.batch_paths import CLAIM_FOLDER, SUMMARY
from lambdas.core.runtime.clients import stepfunctions
from lambdas.core.runtime.errors import RecordError
from lambdas.core.storage.run_folder import RunFolder

_RUNNING = ("RUNNING", "PENDING_REDRIVE")
# AWS: DescribeExecution is eventually consistent, so it may not know an execution that has just begun.
_UNKNOWN_S = 15 * 60
_CONFLICT_TRIES = 5
_CONFLICT_WAIT_S = 0.2


def claim_delivery(folder: RunFolder, bucket: str, key: str, sequencer: str, execution_arn: str) -> bool:
    """Claim the delivery. Return False if another execution has it.

    EventBridge delivers at least once, and only one execution may run a delivery. If that execution crashed and left no
    summary, another one may claim the delivery. A delivery that was refused as a whole is not claimed again.

    Raises:
        RecordError: S3 or Step Functions failed (retried by the state machine).
    """
    delivery = hashlib.sha256(f"{bucket}/{key}/{sequencer}".encode()).hexdigest()[:32]

    def crashed(holder: str, found: Mapping[str, Any]) -> bool:
        # A newer delivery's execution may have written its own summary since, so check first how this one ended.
        did_not_crash = found["status"] in (*_RUNNING, "SUCCEEDED") or found.get("error") in OWN_ERRORS
        return not did_not_crash and (folder.read_json(SUMMARY) or {}).get("execution") != holder

    return _claim_next(folder, f"{CLAIM_FOLDER}/{delivery}-", execution_arn, crashed)


def claim_batch(folder: RunFolder, execution_arn: str) -> bool:
    """Claim the batch. Return False if another execution is running it.

    Raises:
        RecordError: S3 or Step Functions failed (retried by the state machine).
    """
    return _claim_next(
        folder, f"{CLAIM_FOLDER}/run-", execution_arn, lambda holder, found: found["status"] not in _RUNNING
    )


def _claim_next(
    folder: RunFolder, name: str, execution_arn: str, may_take_over: Callable[[str, Mapping[str, Any]], bool]
) -> bool:
    number = 1 + max((int(found.removeprefix(name).split(".")[0]) for found in folder.names(name)), default=0)
    while True:
        if number > 1:
            claim = folder.require_json(f"{name}{number - 1}.json")
            holder = claim["execution"]
            if holder == execution_arn:
                return True
            found = _describe(holder)
            if not found["status"] and time.time() - claim.get("claimed_at_s", 0) < _UNKNOWN_S:
                return False
            if not may_take_over(holder, found):
                return False
        if _claim(folder, f"{name}{number}.json", execution_arn):
            return True
        number += 1


def _claim(folder: RunFolder, name: str, execution_arn: str) -> bool:
    for attempt in range(_CONFLICT_TRIES):
        try:
            return folder.claim(name, {"execution": execution_arn, "claimed_at_s": int(time.time())})
        except RecordError as error:
            # AWS: 409 while another conditional write of the key is under way.
            if attempt + 1 == _CONFLICT_TRIES or "ConditionalRequestConflict" not in str(error):
                raise
            time.sleep(_CONFLICT_WAIT_S * (attempt + 1))
    return False


def _describe(execution_arn: str) -> Mapping[str, Any]:
    """Return the execution's description. Its `status` is empty if Step Functions does not know the execution."""
    try:
        return stepfunctions().describe_execution(executionArn=execution_arn)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
            return {"status": ""}
        raise RecordError(f"{execution_arn}: Step Functions did not describe it ({error})") from error
    except BotoCoreError as error:
        raise RecordError(f"{execution_arn}: Step Functions did not describe it ({error})") from error
