"""The settings of a Converse request, and whether the model accepts them.

Thinking and sampling are checked here; tools in claude_tools, structured output in claude_output_format.
Sources: see converse_api.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standin.wire.claude_models import ClaudeModel
from standin.wire.claude_output_format import check_output_format
from standin.wire.claude_tools import check_tools, tool_names
from standin.wire.service_error import invalid_request, rejected_by_model

DEFAULT_MAX_TOKENS = 4096
_EFFORTS = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True)
class ClaudeSettings:
    """The settings that shape the answer."""

    tools: tuple[str, ...]
    thinks: bool
    max_tokens: int
    schema_text: str = ""
    """The JSON schemas that the answer must follow."""


def check_settings(request: Mapping[str, Any], model: ClaudeModel) -> ClaudeSettings:
    """Return the settings of a request.

    Raises:
        ServiceError: a setting that Converse or the model rejects.
    """
    extra = request.get("additionalModelRequestFields") or {}
    thinks = _check_thinking(extra, request, model)
    forced_tool = check_tools(request, model, thinks=thinks)
    max_tokens = _check_inference(request.get("inferenceConfig") or {}, extra, model, thinks)
    check_output_format(request, model)
    # A model that accepts a forced tool does not think before it calls it.
    return ClaudeSettings(
        tools=tool_names(request),
        thinks=thinks and forced_tool is None,
        max_tokens=max_tokens,
        schema_text=json.dumps([request.get("toolConfig"), request.get("outputConfig")]),
    )


def _check_thinking(extra: Mapping[str, Any], request: Mapping[str, Any], model: ClaudeModel) -> bool:
    """Return whether the model thinks."""
    unknown = set(extra) - {"thinking", "output_config", "top_k", "anthropic_beta"}
    if unknown:
        raise rejected_by_model(f"{min(unknown)}: Extra inputs are not permitted")
    effort = (extra.get("output_config") or {}).get("effort") or (request.get("outputConfig") or {}).get("effort")
    if effort is not None and effort not in _EFFORTS:
        raise rejected_by_model(f"output_config.effort: Input should be one of {', '.join(_EFFORTS)}")
    thinking = extra.get("thinking")
    if thinking is None:
        return model.thinks_by_default
    kind = thinking.get("type")
    if kind not in model.thinking:
        raise rejected_by_model(f'thinking: type "{kind}" is not supported for this model.')
    if "effort" in thinking:
        raise rejected_by_model("thinking.effort: Extra inputs are not permitted")
    if kind == "enabled" and not (isinstance(thinking.get("budget_tokens"), int) and thinking["budget_tokens"] >= 1024):
        raise rejected_by_model("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
    if kind == "disabled" and model.thinks_by_default and effort in ("xhigh", "max"):
        raise rejected_by_model("output_config.effort: must be high or lower when thinking is disabled.")
    if kind == "between_tools" and effort in ("xhigh", "max"):
        raise rejected_by_model("output_config.effort: must be high or lower when thinking is between_tools.")
    return kind in ("enabled", "adaptive")


def _check_inference(inference: Mapping[str, Any], extra: Mapping[str, Any], model: ClaudeModel, thinks: bool) -> int:
    """Return the limit of output tokens."""
    _check_sampling(inference, extra, model, thinks)
    max_tokens = inference.get("maxTokens", DEFAULT_MAX_TOKENS)
    if max_tokens < 1:
        raise invalid_request(
            f"Value '{max_tokens}' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value "
            "greater than or equal to 1"
        )
    if max_tokens > model.max_output_tokens:
        raise rejected_by_model(
            f"max_tokens: {max_tokens} > {model.max_output_tokens}, which is the maximum allowed number of output "
            "tokens for this model"
        )
    budget = (extra.get("thinking") or {}).get("budget_tokens")
    if budget is not None and max_tokens <= budget:
        raise rejected_by_model("`max_tokens` must be greater than `thinking.budget_tokens`.")
    return int(max_tokens)


def _check_sampling(inference: Mapping[str, Any], extra: Mapping[str, Any], model: ClaudeModel, thinks: bool) -> None:
    values = {
        "temperature": inference.get("temperature"),
        "top_p": inference.get("topP"),
        "top_k": extra.get("top_k"),
    }
    given = {name: value for name, value in values.items() if value is not None}
    for name, path in (("temperature", "temperature"), ("top_p", "topP")):
        if name in given and not 0 <= given[name] <= 1:
            edge = "less than or equal to 1" if given[name] > 1 else "greater than or equal to 0"
            raise invalid_request(
                f"Value '{given[name]}' at 'inferenceConfig.{path}' failed to satisfy constraint: Member must have "
                f"value {edge}"
            )
    if given and model.sampling == "none":
        raise rejected_by_model(f"`{min(given)}` is deprecated for this model.")
    if "temperature" in given and "top_p" in given:
        raise rejected_by_model(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
        )
    if "top_k" in given and not 0 <= given["top_k"] <= 500:
        raise rejected_by_model("top_k: Input should be from 0 to 500")
    if given and thinks:
        raise rejected_by_model(f"`{min(given)}` may not be set when thinking is enabled.")
