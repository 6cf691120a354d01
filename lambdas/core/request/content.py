"""What makes two requests the same."""

import hashlib
import json
from typing import Any

from lambdas.core.request.request import Request

# Raising a limit continues a run: what was made under the lower one is still an answer to the same request.
_LIMITS = ("max_retry_attempts", "max_prompt_revisions", "max_cost_usd", "on_not_accepted")
_NOT_CONTENT = (*_LIMITS, "run_id", "trigger", "batch", "dry_run")


def content_sha256(request: Request) -> str:
    """What makes two requests the same: everything but their limits and what started them."""
    content: dict[str, Any] = {key: value for key, value in request.to_record().items() if key not in _NOT_CONTENT}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
