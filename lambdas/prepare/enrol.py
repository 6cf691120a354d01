"""Enrol a run: give its folder to this execution, unless it belongs to another one."""

import json
from collections.abc import Mapping
from typing import Any

from lambdas.core.admission.warnings import warnings_about
from lambdas.core.models.image.inputs import read_inputs, write_inputs
from lambdas.core.request.content import content_sha256
from lambdas.core.request.request import Request
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.records import REQUEST
from lambdas.core.storage.run_folder import RunFolder

CLAIM = "claim.json"


def is_claimed_by_another(folder: RunFolder, execution_name: str) -> bool:
    """Claim a triggered run, and return whether another execution has already claimed it.

    EventBridge Scheduler delivers at least once, and only the first delivery may cost money.
    """
    if folder.claim(CLAIM, {"execution": execution_name}):
        return False
    return (folder.read_json(CLAIM) or {}).get("execution") != execution_name


def enrol(folder: RunFolder, request: Request, execution_name: str, given: Mapping[str, Any] | None = None) -> bool:
    """Copy the source pictures, write request.json with this execution's name, and return whether another execution began the run.

    A run that is resumed keeps its copies.

    given: the fields that the event gives.

    Raises:
        InvalidRequestError: the run id belongs to another request, or a source picture cannot be used.
    """
    content = content_sha256(request)
    written = folder.read_json(REQUEST)
    if written and written["content_sha256"] != content:
        raise InvalidRequestError(
            f"run_id: {request.run_id!r} already belongs to a run with another request; choose another run_id, or give "
            "the same request to resume it"
        )
    inputs = written.get("inputs", []) if written else write_inputs(folder, read_inputs(request))
    resumed = bool(written and (written["execution"] != execution_name or written["resumed"]))
    document = {
        "execution": execution_name,
        "resumed": resumed,
        "content_sha256": content,
        "warnings": [
            *warnings_about(request, given=given),
            *(warning for one in inputs for warning in one["warnings"]),
        ],
        "inputs": inputs,
        "request": request.to_record(),
    }
    # Compare as text, because a record holds lists where a request holds tuples.
    if json.dumps(document) != json.dumps(written):
        folder.write_json(REQUEST, document)
    return resumed
