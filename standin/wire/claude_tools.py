"""The tools and the tool choice of a Converse request. Sources: see converse_api."""

import re
from collections.abc import Mapping
from typing import Any

from standin.wire.claude_models import ClaudeModel
from standin.wire.service_error import invalid_request, rejected_by_model

_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def tool_names(request: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the tools in order. Empty if toolConfig is missing or malformed."""
    config = request.get("toolConfig")
    tools = config.get("tools") if isinstance(config, dict) else None
    specs = [tool.get("toolSpec") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    return tuple(spec["name"] for spec in specs if isinstance(spec, dict) and isinstance(spec.get("name"), str))


def check_tools(request: Mapping[str, Any], model: ClaudeModel, *, thinks: bool) -> str | None:
    """Check toolConfig and return the name of the tool that must be called, if any.

    Raises:
        ServiceError: a tool or a choice that Converse or the model rejects.
    """
    config = request.get("toolConfig")
    if config is None:
        return None
    tools = config.get("tools") or []
    if not tools:
        raise invalid_request("The value at toolConfig.tools must contain at least 1 item.")
    names: list[str] = []
    for index, tool in enumerate(tools):
        spec = tool.get("toolSpec") or {}
        _check_spec(spec, index, names, model)
        names.append(spec["name"])
    return _check_choice(config.get("toolChoice"), names, model, thinks, asks_thinking=_asks_thinking(request))


def _check_spec(spec: Mapping[str, Any], index: int, earlier_names: list[str], model: ClaudeModel) -> None:
    path = f"toolConfig.tools.{index}.member.toolSpec"
    name, schema = spec.get("name", ""), (spec.get("inputSchema") or {}).get("json")
    if not _TOOL_NAME.fullmatch(name):
        raise invalid_request(
            f"Value '{name}' at '{path}.name' failed to satisfy constraint: Member must satisfy regular expression "
            "pattern: [a-zA-Z0-9_-]+"
        )
    if name in earlier_names:
        raise invalid_request(f"The tool {name} is defined more than once in toolConfig.tools.")
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise invalid_request(f"The value at {path}.inputSchema.json.type must be one of the following: object.")
    if "description" in spec and not spec["description"]:
        raise invalid_request(f"The value at {path}.description must not be empty.")
    if "strict" in spec and not model.has_structured_output:
        raise rejected_by_model(f"tools.{index}.custom.strict: Extra inputs are not permitted")


def _check_choice(
    choice: Mapping[str, Any] | None, names: list[str], model: ClaudeModel, thinks: bool, *, asks_thinking: bool
) -> str | None:
    if choice is None or "auto" in choice:
        return None
    if len(choice) != 1 or next(iter(choice)) not in ("tool", "any"):
        raise invalid_request("toolConfig.toolChoice must be exactly one of auto, any and tool.")
    if model.forced_tool == "no":
        raise rejected_by_model('tool_choice: type "tool" and "any" are not supported for this model.')
    if thinks and (model.forced_tool != "yes" or asks_thinking):
        raise rejected_by_model("Thinking may not be enabled when tool_choice forces tool use.")
    if "any" in choice:
        return names[0]
    name = str(choice["tool"].get("name", ""))
    if name not in names:
        raise invalid_request(f"The tool {name} in toolConfig.toolChoice is not one of toolConfig.tools.")
    return name


def _asks_thinking(request: Mapping[str, Any]) -> bool:
    thinking = (request.get("additionalModelRequestFields") or {}).get("thinking")
    return isinstance(thinking, dict) and thinking.get("type") in ("enabled", "adaptive")
