"""Compare two requests by a hash of their content."""

import hashlib
import json
from typing import Any

from lambdas.core.request.request import Request
from lambdas.core.request.tasks import DEFAULT_TASK, TASK_FIELDS

# Limits are not content: a run that is started again with a higher limit continues, and keeps its pictures.
_LIMITS = ("max_retry_attempts", "max_prompt_revisions", "max_cost_usd", "on_not_accepted")
_NOT_CONTENT = (*_LIMITS, "run_id", "trigger", "batch", "dry_run")
# Runs of earlier versions have no such field. A request without it has the same hash as theirs, so that it resumes them.
_ADDED_LATER: dict[str, Any] = {"titan_img_quality": None, "task_type": DEFAULT_TASK, **dict.fromkeys(TASK_FIELDS)}
"""The fields that an earlier version lacked, with the values that mean the same as no field."""


def content_sha256(request: Request) -> str:
    """Return the hash of everything that decides what a picture must show and how it is made.

    Two requests with the same hash may differ in their limits, run id, trigger, batch and `dry_run`.
    """
    content: dict[str, Any] = {
        key: value
        for key, value in request.to_record().items()
        if key not in _NOT_CONTENT and not (key in _ADDED_LATER and value == _ADDED_LATER[key])
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
