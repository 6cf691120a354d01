"""The shapes of the JSON records of a run or a batch: the fields that later steps read."""

import re
from typing import Any

from lambdas.core.runtime.batch_paths import CLAIM_FOLDER

# A shape is a type or several, an object with at least these fields, or a list of one shape. Fields that an earlier release
# did not write are left out.
_NUMBER = (int, float)
_TEXT_OR_NULL = (str, type(None))
_REQUIREMENTS = [{"id": str, "text": str}]
_WORDING = {"prompt": str, "negative_prompt": _TEXT_OR_NULL, "language": _TEXT_OR_NULL}
_SHAPES: dict[str, dict[str, Any]] = {
    r"request\.json": {
        "execution": str,
        "resumed": bool,
        "content_sha256": str,
        "warnings": [str],
        "request": {
            "prompt": str,
            "run_id": str,
            "output_s3_bucket_name": str,
            "output_s3_key_prefix": str,
            "requirements": (list, type(None)),
            "brand_rules": _REQUIREMENTS,
            "trigger": (dict, type(None)),
        },
    },
    r"requirements\.json": {"language": _TEXT_OR_NULL, "requirements": _REQUIREMENTS},
    r"r00/prompt\.json": _WORDING,
    r"r\d+/prompt\.json": {**_WORDING, "changes": _TEXT_OR_NULL, "cost_usd": _NUMBER},
    r"r\d+/a\d+/attempt\.json": {"outcome": str, "seed": int, "images": [{"name": str}], "cost_usd": _NUMBER},
    r"r\d+/a\d+/verdict\.json": {
        "result": str,
        "reason": _TEXT_OR_NULL,
        "score": _NUMBER,
        "candidate": int,
        "failed": [str],
        "rank": [_NUMBER],
        "checks": [{"candidate": int, "id": str, "observed": str, "met": bool}],
        "facts": dict,
        "cost_usd": _NUMBER,
    },
    r"ledger/[^/]+\.json": {
        "calls": [
            {"kind": str, "purpose": str, "model_id": str, "reserved_usd": _NUMBER, "cost_usd": (*_NUMBER, type(None))}
        ]
    },
    r"result\.json": {
        "status": str,
        "message": str,
        "attempts": int,
        "revisions": int,
        "images": int,
        "cost": {"total_usd": _NUMBER},
        "duration_s": _NUMBER,
    },
    rf"claim\.json|{CLAIM_FOLDER}/[^/]+\.json": {"execution": str},
    r"plan/plan\.json": {"items": int, "rejected": int, "batch": {"id": str, "generation": int}},
    r"summary\.json": {"status": str},
}


def find_invalid_field(name: str, document: dict[str, Any]) -> str | None:
    """Return the path of the first field that is missing or has another type, such as `calls[0].kind`; None if all are valid.

    name: the record's name in the folder of its run or batch.
    """
    shape = next((shape for pattern, shape in _SHAPES.items() if re.fullmatch(pattern, name)), {})
    return _find_fault(document, shape, "")


def _find_fault(value: Any, shape: Any, path: str) -> str | None:
    """Return the path of the first field that does not have its shape."""
    if isinstance(shape, dict) and isinstance(value, dict):
        fields = ((f"{path}.{name}" if path else name, value.get(name), inner) for name, inner in shape.items())
    elif isinstance(shape, list) and isinstance(value, list):
        fields = ((f"{path}[{place}]", item, shape[0]) for place, item in enumerate(value))
    elif isinstance(shape, dict | list):
        return path
    else:
        return None if isinstance(value, shape) else path
    return next((fault for name, item, inner in fields if (fault := _find_fault(item, inner, name))), None)
