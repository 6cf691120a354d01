"""What each Claude on Bedrock accepts: the stand-in's own table, apart from Retake's catalogue on purpose.

Sources: AWS docs, Bedrock user guide, Anthropic model cards (October 2026), claude-messages-request-response,
claude-messages-adaptive-thinking, claude-messages-extended-thinking, structured-output; Anthropic's what's-new pages
of the 5.5 models.
"""

from dataclasses import dataclass
from typing import Literal

from standin.wire.service_error import invalid
from standin.wire.service_faults import service_error_of

_ALL_GEOGRAPHIES = ("us", "eu", "au", "jp", "apac", "global")


@dataclass(frozen=True, kw_only=True)
class ClaudeModel:
    """What one model takes."""

    sampling: Literal["either", "none"] = "none"
    """`either`: temperature or top_p, not both. `none`: neither, nor top_k."""
    thinking: frozenset[str] = frozenset()
    """The `thinking.type` values it takes."""
    thinks_unasked: bool = True
    """Whether it thinks when the request says nothing of it."""
    forced_tool: Literal["yes", "without_thinking", "no"] = "without_thinking"
    """Whether toolChoice `tool` and `any` are taken. `yes`: and it then does not think."""
    structured_output: bool = False
    """Whether outputConfig.textFormat and toolSpec.strict are taken."""
    prefill: bool = False
    """Whether the last message may be the assistant's."""
    max_output_tokens: int = 128_000
    text_token_factor: float = 1.3
    """Tokens against an older Claude's for the same text."""
    image_side_px: int = 2576
    image_tokens: int = 4784
    profiles: tuple[str, ...] = _ALL_GEOGRAPHIES


_4_5 = ClaudeModel(
    sampling="either",
    thinking=frozenset({"enabled", "disabled"}),
    thinks_unasked=False,
    structured_output=True,
    prefill=True,
    max_output_tokens=64_000,
    text_token_factor=1.0,
    image_side_px=1568,
    image_tokens=1568,
)
_4_6 = ClaudeModel(
    sampling="either",
    thinking=frozenset({"enabled", "adaptive", "disabled"}),
    thinks_unasked=False,
    text_token_factor=1.0,
    image_side_px=1568,
    image_tokens=1568,
)
_5 = ClaudeModel(thinking=frozenset({"adaptive", "disabled"}))

CLAUDE_MODELS = {
    "anthropic.claude-haiku-5-5": ClaudeModel(thinking=frozenset({"adaptive", "disabled"}), forced_tool="yes"),
    "anthropic.claude-sonnet-5-5": ClaudeModel(
        thinking=frozenset({"adaptive", "between_tools"}), forced_tool="no", profiles=("us", "eu", "global")
    ),
    "anthropic.claude-opus-5-5": ClaudeModel(thinking=frozenset({"adaptive"}), forced_tool="no"),
    "anthropic.claude-fable-5-1": ClaudeModel(
        thinking=frozenset({"adaptive"}), forced_tool="no", profiles=("us", "global")
    ),
    "anthropic.claude-opus-5": _5,
    "anthropic.claude-sonnet-5": _5,
    "anthropic.claude-opus-4-8": ClaudeModel(thinking=frozenset({"adaptive", "disabled"}), thinks_unasked=False),
    "anthropic.claude-sonnet-4-6": ClaudeModel(
        sampling="either",
        thinking=frozenset({"enabled", "adaptive", "disabled"}),
        thinks_unasked=False,
        structured_output=True,
        max_output_tokens=64_000,
        text_token_factor=1.0,
        image_side_px=1568,
        image_tokens=1568,
    ),
    "anthropic.claude-opus-4-6-v1": _4_6,
    "anthropic.claude-opus-4-5-20251101-v1:0": _4_5,
    "anthropic.claude-haiku-4-5-20251001-v1:0": _4_5,
    "anthropic.claude-sonnet-4-5-20250929-v1:0": _4_5,
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


def claude_model(model_id: str) -> ClaudeModel:
    """The model behind an inference profile's id or ARN.

    Raises:
        ServiceError: unknown id; a base id, which on-demand calls do not take; a model past its end of life.
    """
    profile_id = model_id.rsplit("/", 1)[-1] if model_id.startswith("arn:") else model_id
    geography, _, base_id = profile_id.partition(".")
    if profile_id in CLAUDE_MODELS or profile_id in ENDED_MODELS:
        geography, base_id = "", profile_id
    if base_id in ENDED_MODELS:
        raise service_error_of("end_of_life")
    model = CLAUDE_MODELS.get(base_id)
    if model is None or (geography and geography not in model.profiles):
        raise invalid("The provided model identifier is invalid.")
    if not geography:
        raise invalid(
            f"Invocation of model ID {base_id} with on-demand throughput isn't supported. Retry your request with the "
            "ID or ARN of an inference profile that contains this model."
        )
    return model
