"""The settings of a Converse request: tools, sampling, thinking, output format, and which model takes which.

Sources: see converse_api.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standin.wire.claude_models import ClaudeModel
from standin.wire.service_error import invalid, refused_by_model

DEFAULT_MAX_TOKENS = 4096
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_EFFORTS = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True)
class ClaudeSettings:
    """What the request's settings come to."""

    tools: tuple[str, ...]
    forced_tool: str | None
    """The tool that must be called; the first one for toolChoice `any`."""
    answers_in_json: bool
    """Whether outputConfig.textFormat asks for a text that is JSON."""
    thinks: bool
    max_tokens: int


def tool_names(request: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the tools offered, in order; none when toolConfig is missing or malformed."""
    config = request.get("toolConfig")
    tools = config.get("tools") if isinstance(config, dict) else None
    specs = [tool.get("toolSpec") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    return tuple(spec["name"] for spec in specs if isinstance(spec, dict) and isinstance(spec.get("name"), str))


def answer_schema_name(request: Mapping[str, Any]) -> str | None:
    """The name of outputConfig's JSON schema, if there is one."""
    value: Any = request
    for key in ("outputConfig", "textFormat", "structure", "jsonSchema", "name"):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def check(request: Mapping[str, Any], model: ClaudeModel) -> ClaudeSettings:
    """The settings, once they are known to be allowed.

    Raises:
        ServiceError: a setting that Converse or this model turns down.
    """
    extra = request.get("additionalModelRequestFields") or {}
    thinks = _check_thinking(extra, request, model)
    forced = _check_tools(request, model, thinks)
    max_tokens = _check_inference(request.get("inferenceConfig") or {}, extra, model, thinks)
    return ClaudeSettings(
        tools=tool_names(request),
        forced_tool=forced,
        answers_in_json=_check_output_format(request.get("outputConfig") or {}, model),
        # A forced tool leaves no room for thinking where it is taken at all.
        thinks=thinks and forced is None,
        max_tokens=max_tokens,
    )


def _check_tools(request: Mapping[str, Any], model: ClaudeModel, thinks: bool) -> str | None:
    config = request.get("toolConfig")
    if config is None:
        return None
    tools = config.get("tools") or []
    if not tools:
        raise invalid("The value at toolConfig.tools must contain at least 1 item.")
    names: list[str] = []
    for index, tool in enumerate(tools):
        path = f"toolConfig.tools.{index}.member.toolSpec"
        spec = tool.get("toolSpec") or {}
        name, schema = spec.get("name", ""), (spec.get("inputSchema") or {}).get("json")
        if not _TOOL_NAME.fullmatch(name):
            raise invalid(
                f"Value '{name}' at '{path}.name' failed to satisfy constraint: Member must satisfy regular expression "
                "pattern: [a-zA-Z0-9_-]+"
            )
        if name in names:
            raise invalid(f"The tool {name} is defined more than once in toolConfig.tools.")
        if not isinstance(schema, dict) or schema.get("type") != "object":
            raise invalid(f"The value at {path}.inputSchema.json.type must be one of the following: object.")
        if "description" in spec and not spec["description"]:
            raise invalid(f"The value at {path}.description must not be empty.")
        if "strict" in spec and not model.structured_output:
            raise refused_by_model(f"tools.{index}.custom.strict: Extra inputs are not permitted")
        names.append(name)
    return _check_tool_choice(config.get("toolChoice"), names, model, thinks, asked_thinking=_asks_thinking(request))


def _check_tool_choice(
    choice: Mapping[str, Any] | None, names: list[str], model: ClaudeModel, thinks: bool, *, asked_thinking: bool
) -> str | None:
    if choice is None or "auto" in choice:
        return None
    if len(choice) != 1 or next(iter(choice)) not in ("tool", "any"):
        raise invalid("toolConfig.toolChoice must be exactly one of auto, any and tool.")
    if model.forced_tool == "no":
        raise refused_by_model('tool_choice: type "tool" and "any" are not supported for this model.')
    if thinks and (model.forced_tool != "yes" or asked_thinking):
        raise refused_by_model("Thinking may not be enabled when tool_choice forces tool use.")
    if "any" in choice:
        return names[0]
    name = str(choice["tool"].get("name", ""))
    if name not in names:
        raise invalid(f"The tool {name} in toolConfig.toolChoice is not one of toolConfig.tools.")
    return name


def _asks_thinking(request: Mapping[str, Any]) -> bool:
    thinking = (request.get("additionalModelRequestFields") or {}).get("thinking")
    return isinstance(thinking, dict) and thinking.get("type") in ("enabled", "adaptive")


def _check_thinking(extra: Mapping[str, Any], request: Mapping[str, Any], model: ClaudeModel) -> bool:
    unknown = set(extra) - {"thinking", "output_config", "top_k", "anthropic_beta"}
    if unknown:
        raise refused_by_model(f"{min(unknown)}: Extra inputs are not permitted")
    effort = (extra.get("output_config") or {}).get("effort") or (request.get("outputConfig") or {}).get("effort")
    if effort is not None and effort not in _EFFORTS:
        raise refused_by_model(f"output_config.effort: Input should be one of {', '.join(_EFFORTS)}")
    thinking = extra.get("thinking")
    if thinking is None:
        return model.thinks_unasked
    kind = thinking.get("type")
    if kind not in model.thinking:
        raise refused_by_model(f'thinking: type "{kind}" is not supported for this model.')
    if "effort" in thinking:
        raise refused_by_model("thinking.effort: Extra inputs are not permitted")
    if kind == "enabled" and not (isinstance(thinking.get("budget_tokens"), int) and thinking["budget_tokens"] >= 1024):
        raise refused_by_model("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
    if kind == "disabled" and model.thinks_unasked and effort in ("xhigh", "max"):
        raise refused_by_model("output_config.effort: must be high or lower when thinking is disabled.")
    if kind == "between_tools" and effort in ("xhigh", "max"):
        raise refused_by_model("output_config.effort: must be high or lower when thinking is between_tools.")
    return kind in ("enabled", "adaptive")


def _check_inference(inference: Mapping[str, Any], extra: Mapping[str, Any], model: ClaudeModel, thinks: bool) -> int:
    given = {
        name: value
        for name, value in (
            ("temperature", inference.get("temperature")),
            ("top_p", inference.get("topP")),
            ("top_k", extra.get("top_k")),
        )
        if value is not None
    }
    for name, path in (("temperature", "temperature"), ("top_p", "topP")):
        if name in given and not 0 <= given[name] <= 1:
            edge = "less than or equal to 1" if given[name] > 1 else "greater than or equal to 0"
            raise invalid(
                f"Value '{given[name]}' at 'inferenceConfig.{path}' failed to satisfy constraint: Member must have "
                f"value {edge}"
            )
    if given and model.sampling == "none":
        raise refused_by_model(f"`{min(given)}` is deprecated for this model.")
    if "temperature" in given and "top_p" in given:
        raise refused_by_model(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
        )
    if "top_k" in given and not 0 <= given["top_k"] <= 500:
        raise refused_by_model("top_k: Input should be from 0 to 500")
    if given and thinks:
        raise refused_by_model(f"`{min(given)}` may not be set when thinking is enabled.")
    max_tokens = inference.get("maxTokens", DEFAULT_MAX_TOKENS)
    if max_tokens < 1:
        raise invalid(
            f"Value '{max_tokens}' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value "
            "greater than or equal to 1"
        )
    if max_tokens > model.max_output_tokens:
        raise refused_by_model(
            f"max_tokens: {max_tokens} > {model.max_output_tokens}, which is the maximum allowed number of output "
            "tokens for this model"
        )
    budget = (extra.get("thinking") or {}).get("budget_tokens")
    if budget is not None and max_tokens <= budget:
        raise refused_by_model("`max_tokens` must be greater than `thinking.budget_tokens`.")
    return int(max_tokens)


def _check_output_format(output: Mapping[str, Any], model: ClaudeModel) -> bool:
    text_format = output.get("textFormat")
    if text_format is None:
        return False
    if not model.structured_output:
        raise refused_by_model("output_config.format: Extra inputs are not permitted")
    schema_text = ((text_format.get("structure") or {}).get("jsonSchema") or {}).get("schema", "")
    try:
        schema = json.loads(schema_text)
    except ValueError:
        raise invalid("The value at outputConfig.textFormat.structure.jsonSchema.schema is not valid JSON.") from None
    _check_schema(schema, "output_config.format.schema")
    return True


_UNSUPPORTED = ("minimum", "maximum", "minLength", "maxLength", "multipleOf", "maxItems", "uniqueItems")


def _check_schema(schema: Any, path: str) -> None:
    # AWS: structured output takes a subset of JSON Schema 2020-12 (user guide, structured-output).
    if not isinstance(schema, dict):
        return
    for word in _UNSUPPORTED:
        if word in schema:
            raise refused_by_model(f"{path}: '{word}' is not supported")
    if schema.get("minItems", 0) not in (0, 1):
        raise refused_by_model(f"{path}: 'minItems' other than 0 or 1 is not supported")
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise refused_by_model(f"{path}: for 'object' type, 'additionalProperties' must be explicitly set to false")
    for name, part in (schema.get("properties") or {}).items():
        _check_schema(part, f"{path}.properties.{name}")
    _check_schema(schema.get("items"), f"{path}.items")
