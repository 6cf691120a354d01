"""The request settings that each Claude model on Bedrock accepts.

This table is separate from Retake's catalogue on purpose, so that a mistake there is not repeated here.

Sources: AWS docs, Bedrock user guide, Anthropic model cards (October 2026), claude-messages-request-response,
claude-messages-adaptive-thinking, claude-messages-extended-thinking, structured-output; Anthropic's what's-new pages
of the 5.5 models.
"""

from dataclasses import dataclass, replace
from typing import Literal

from standin.wire.service_error import invalid_request, needs_profile
from standin.wire.service_faults import fault_error

_ALL_GEOGRAPHIES = ("us", "eu", "au", "jp", "apac", "global")


@dataclass(frozen=True, kw_only=True)
class ClaudeModel:
    """The settings and limits of one model."""

    sampling: Literal["either", "none"] = "none"
    """`either`: temperature or top_p, but not both. `none`: no temperature, top_p or top_k."""
    thinking: frozenset[str] = frozenset()
    """The accepted values of `thinking.type`."""
    thinks_by_default: bool = True
    """Whether the model thinks when the request has no `thinking`."""
    forced_tool: Literal["yes", "without_thinking", "no"] = "without_thinking"
    """Whether toolChoice `tool` and `any` are accepted. `yes`: also by default, and the model then does not think."""
    has_structured_output: bool = False
    """Whether outputConfig.textFormat and toolSpec.strict are accepted."""
    has_prefill: bool = False
    """Whether the last message may be the assistant's."""
    max_output_tokens: int = 128_000
    text_token_factor: float = 1.3
    """Tokens of a text, relative to the models before Claude 4.7."""
    max_image_side_px: int = 2576
    """Larger images are shrunk before their tokens are counted."""
    max_image_tokens: int = 4784
    geographies: tuple[str, ...] = _ALL_GEOGRAPHIES
    """The prefixes of the model's inference profiles."""


_CLAUDE_4_5 = ClaudeModel(
    sampling="either",
    thinking=frozenset({"enabled", "disabled"}),
    thinks_by_default=False,
    has_structured_output=True,
    has_prefill=True,
    max_output_tokens=64_000,
    text_token_factor=1.0,
    max_image_side_px=1568,
    max_image_tokens=1568,
)
_OPUS_4_6 = replace(
    _CLAUDE_4_5,
    thinking=frozenset({"enabled", "adaptive", "disabled"}),
    has_structured_output=False,
    has_prefill=False,
    max_output_tokens=128_000,
)
_CLAUDE_5 = ClaudeModel(thinking=frozenset({"adaptive", "disabled"}))

CLAUDE_MODELS = {
    "anthropic.claude-haiku-5-5": replace(_CLAUDE_5, forced_tool="yes"),
    "anthropic.claude-sonnet-5-5": ClaudeModel(
        thinking=frozenset({"adaptive", "between_tools"}), forced_tool="no", geographies=("us", "eu", "global")
    ),
    "anthropic.claude-opus-5-5": ClaudeModel(thinking=frozenset({"adaptive"}), forced_tool="no"),
    "anthropic.claude-fable-5-1": ClaudeModel(
        thinking=frozenset({"adaptive"}), forced_tool="no", geographies=("us", "global")
    ),
    "anthropic.claude-opus-5": _CLAUDE_5,
    "anthropic.claude-sonnet-5": _CLAUDE_5,
    "anthropic.claude-opus-4-8": replace(_CLAUDE_5, thinks_by_default=False),
    "anthropic.claude-sonnet-4-6": replace(_OPUS_4_6, has_structured_output=True, max_output_tokens=64_000),
    "anthropic.claude-opus-4-6-v1": _OPUS_4_6,
    "anthropic.claude-opus-4-5-20251101-v1:0": _CLAUDE_4_5,
    "anthropic.claude-haiku-4-5-20251001-v1:0": _CLAUDE_4_5,
    "anthropic.claude-sonnet-4-5-20250929-v1:0": _CLAUDE_4_5,
}

ENDED_MODELS = frozenset(
    {
        "anthropic.claude-3-5-sonnet-20240620-v1:0",
        "anthropic.claude-3-5-sonnet-20241022-v2:0",
        "anthropic.claude-3-5-haiku-20241022-v1:0",
        "anthropic.claude-3-haiku-20240307-v1:0",
        "anthropic.claude-sonnet-4-20250514-v1:0",
    }
)


def find_claude_model(model_id: str) -> ClaudeModel:
    """Return the model of an inference profile's id or ARN.

    Raises:
        ServiceError: the id is unknown, is a base id (on-demand calls need a profile), or is past its end of life.
    """
    profile_id = model_id.rsplit("/", 1)[-1] if model_id.startswith("arn:") else model_id
    geography, _, base_id = profile_id.partition(".")
    if profile_id in CLAUDE_MODELS or profile_id in ENDED_MODELS:
        geography, base_id = "", profile_id
    if base_id in ENDED_MODELS:
        raise fault_error("end_of_life")
    model = CLAUDE_MODELS.get(base_id)
    if model is None or (geography and geography not in model.geographies):
        raise invalid_request("The provided model identifier is invalid.")
    if not geography:
        raise needs_profile(base_id)
    return model
