"""A question to Claude: the instructions, the data they apply to, the tool for the answer, and its cost."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lambdas.core.catalogue.models import ClaudeModel
from lambdas.core.models.claude.picture import JudgedPicture

# Converse adds the tool's frame and the roles to a question. A generous upper bound.
_FRAME_TOKENS = 600
_EXPECTED_BYTES_PER_TOKEN = 4
# Thinking that cannot be turned off is billed as output and counts towards max_tokens.
_THINKING_TOKENS = 8_000


@dataclass(frozen=True)
class Tool:
    """The tool that Claude calls with its answer."""

    name: str
    description: str
    schema: dict[str, Any]
    """JSON Schema, in the subset of Bedrock's structured output: no ranges, `additionalProperties` false everywhere."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question, for any Claude model of the catalogue."""

    purpose: str
    """Its name in the ledger and in errors: "requirements", "verdict", "prompt" or "coverage"."""
    model: ClaudeModel
    tool: Tool
    instructions: str
    text: str
    pictures: tuple[JudgedPicture, ...] = ()
    labels: tuple[str, ...] = ()
    """The text before each picture: "candidate 1"; empty for none."""
    answer_tokens: int
    """An upper bound of the tokens of a complete answer, by the tokenizer of Claude 4.5."""
    sampling: dict[str, float]
    """`temperature`, `top_p`, `top_k`, `max_tokens`: only those that the event gives."""

    @property
    def max_tokens(self) -> int:
        """The most output tokens that one call can be billed for."""
        if "max_tokens" in self.sampling:
            return int(self.sampling["max_tokens"])
        thinking = _THINKING_TOKENS if self.model.thinks_always else 0
        return min(
            math.ceil(self.answer_tokens * self.model.tokens_per_byte_factor) + thinking, self.model.max_output_tokens
        )

    def worst_usd(self, repair_bytes: int = 0) -> float:
        """Return the most that one call can cost, in USD. A token of text is at least one byte.

        repair_bytes: the size of the earlier answers and their faults, which a repair sends along.
        """
        written = (
            self.instructions + self.text + "".join(self.labels) + json.dumps(self.tool.schema) + self.tool.description
        )
        tokens = len(written.encode()) + _FRAME_TOKENS + sum(picture.tokens for picture in self.pictures) + repair_bytes
        return self.model.price_usd(tokens, self.max_tokens)

    def expected_usd(self) -> float:
        """Return what one call usually costs, in USD: four bytes a token, and an answer of half of `max_tokens`."""
        written = (
            self.instructions + self.text + "".join(self.labels) + json.dumps(self.tool.schema) + self.tool.description
        )
        text_tokens = len(written.encode()) / _EXPECTED_BYTES_PER_TOKEN * self.model.tokens_per_byte_factor
        tokens = text_tokens + _FRAME_TOKENS / 2 + sum(picture.tokens for picture in self.pictures)
        return self.model.price_usd(round(tokens), self.max_tokens // 2)


@cache
def load_instructions(*names: str) -> str:
    """Return the text of `prompts/{name}.md`, or of several, one after the other."""
    folder = files("lambdas.core.models.claude") / "prompts"
    return "\n\n".join((folder / f"{name}.md").read_text(encoding="utf-8").strip() for name in names)


def fence(data: dict[str, Any]) -> str:
    """Return the data as JSON between `<data>` and `</data>`, escaped so that no text in it can close the fence."""
    return f"<data>\n{escape_markup(json.dumps(data, ensure_ascii=False, indent=1))}\n</data>"


def escape_markup(text: str) -> str:
    """Replace `<`, `>` and `&` by their JSON escapes, so that the text holds no tag."""
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
