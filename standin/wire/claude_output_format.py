"""The structured output (outputConfig.textFormat) of a Converse request. Sources: see converse_api."""

import json
from collections.abc import Mapping
from typing import Any

from standin.wire.claude_models import ClaudeModel
from standin.wire.service_error import invalid_request, rejected_by_model

_UNSUPPORTED_KEYWORDS = ("minimum", "maximum", "minLength", "maxLength", "multipleOf", "maxItems", "uniqueItems")


def schema_name(request: Mapping[str, Any]) -> str | None:
    """Return the name of outputConfig's JSON schema, if there is one."""
    value: Any = request
    for key in ("outputConfig", "textFormat", "structure", "jsonSchema", "name"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def check_output_format(request: Mapping[str, Any], model: ClaudeModel) -> None:
    """Check outputConfig.textFormat.

    Raises:
        ServiceError: the model has no structured output, or its subset of JSON Schema does not allow the schema.
    """
    text_format = (request.get("outputConfig") or {}).get("textFormat")
    if text_format is None:
        return
    if not model.has_structured_output:
        raise rejected_by_model("output_config.format: Extra inputs are not permitted")
    schema_text = ((text_format.get("structure") or {}).get("jsonSchema") or {}).get("schema", "")
    try:
        schema = json.loads(schema_text)
    except ValueError:
        raise invalid_request(
            "The value at outputConfig.textFormat.structure.jsonSchema.schema is not valid JSON."
        ) from None
    _check_schema(schema, "output_config.format.schema")


def _check_schema(schema: Any, path: str) -> None:
    # AWS: structured output takes a subset of JSON Schema 2020-12 (user guide, structured-output).
    if not isinstance(schema, dict):
        return
    for keyword in _UNSUPPORTED_KEYWORDS:
        if keyword in schema:
            raise rejected_by_model(f"{path}: '{keyword}' is not supported")
    if schema.get("minItems", 0) not in (0, 1):
        raise rejected_by_model(f"{path}: 'minItems' other than 0 or 1 is not supported")
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise rejected_by_model(f"{path}: for 'object' type, 'additionalProperties' must be explicitly set to false")
    for name, part in (schema.get("properties") or {}).items():
        _check_schema(part, f"{path}.properties.{name}")
    _check_schema(schema.get("items"), f"{path}.items")
