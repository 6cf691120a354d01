"""Which execution has what: one delivery of a file, and the batch itself while it runs.

`claims/{name}-1.json` holds the execution that took it. Where that one may be followed (it crashed, it has ended), the
next takes `-2`, and so on. Each is written at most once (`If-None-Match`), so that no two executions have the same one.
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
# AWS: DescribeExecution is eventually consistent, so that one that has just begun may not be known yet.
_UNKNOWN_S = 15 * 60
_CONFLICT_TRIES = 5
_CONFLICT_WAIT_S = 0.2


def claim_delivery(folder: RunFolder, bucket: str, key: str, sequencer: str, execution_arn: str) -> bool:
    """Whether this execution has the delivery: EventBridge delivers at least once, and only one is to run it.

    The delivery of an execution that ended without a summary may be taken over, so that a crash does not make a duplicate. One that
    was refused as a whole is none.

    Raises:
        RecordError: S3 or Step Functions failed (retried by the state machine).
    """
    delivery = hashlib.sha256(f"{bucket}/{key}/{sequencer}".encode()).hexdigest()[:32]

    def crashed(holder: str, found: Mapping[str, Any]) -> bool:
        # A newer delivery's execution may have written its own summary since, so how this one ended counts first.
        is_no_crash = found["status"] in (*_RUNNING, "SUCCEEDED") or found.get("error") in OWN_ERRORS
        return not is_no_crash and (folder.read_json(SUMMARY) or {}).get("execution") != holder

    return _taken(folder, f"{CLAIM_FOLDER}/{delivery}-", execution_arn, crashed)


def claim_batch(folder: RunFolder, execution_arn: str) -> bool:
    """Whether this execution may run the batch: no other one does at the moment.

    Raises:
        RecordError: S3 or Step Functions failed (retried by the state machine).
    """
    return _taken(folder, f"{CLAIM_FOLDER}/run-", execution_arn, lambda holder, found: found["status"] not in _RUNNING)


def _taken(
    folder: RunFolder, name: str, execution_arn: str, may_follow: Callable[[str, Mapping[str, Any]], bool]
) -> bool:
    number = 1 + max((int(found.removeprefix(name).split(".")[0]) for found in folder.names(name)), default=0)
    while True:
        if number > 1:
            claim = folder.require_json(f"{name}{number - 1}.json")
            holder = claim["execution"]
            if holder == execution_arn:
                return True
            found = _described(holder)
            if not found["status"] and time.time() - claim.get("claimed_at_s", 0) < _UNKNOWN_S:
                return False
            if not may_follow(holder, found):
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


def _described(execution_arn: str) -> Mapping[str, Any]:
    """Return the answer of DescribeExecution; without a status if the execution is unknown."""
    try:
        return stepfunctions().describe_execution(executionArn=execution_arn)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
            return {"status": ""}
        raise RecordError(f"{execution_arn}: Step Functions did not describe it ({error})") from error
    except BotoCoreError as error:
        raise RecordError(f"{execution_arn}: Step Functions did not describe it ({error})") from error
