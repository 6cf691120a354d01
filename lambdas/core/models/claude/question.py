"""A question to Claude: its instructions, the data it is about, and the tool by which it answers."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lambdas.core.catalogue.models import ClaudeModel
from lambdas.core.models.claude.picture import JudgedPicture

# What Converse adds around a question: the tool's frame, the roles. Counted with room to spare.
_FRAME_TOKENS = 600
_LIKELY_BYTES_PER_TOKEN = 4
# Thinking that cannot be turned off is billed as output and counts toward max_tokens.
_THINKING_TOKENS = 8_000


@dataclass(frozen=True)
class Tool:
    """The form of the answer."""

    name: str
    description: str
    schema: dict[str, Any]
    """JSON Schema of the subset that Bedrock's structured outputs take: no ranges, every object closed."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question, ready to be asked of any Claude model of the catalogue."""

    purpose: str
    """Names it in the ledger and in errors: "requirements", "verdict", "prompt"."""
    model: ClaudeModel
    tool: Tool
    instructions: str
    text: str
    pictures: tuple[JudgedPicture, ...] = ()
    answer_tokens: int
    """An upper bound of what a whole answer needs."""
    sampling: dict[str, float]
    """`temperature`, `top_p`, `top_k`, `max_tokens`, where the event gives them."""

    @property
    def max_tokens(self) -> int:
        """The most output tokens that this question can be billed for."""
        if "max_tokens" in self.sampling:
            return int(self.sampling["max_tokens"])
        thinking = _THINKING_TOKENS if self.model.thinks_always else 0
        return min(
            math.ceil(self.answer_tokens * self.model.tokens_per_byte_factor) + thinking, self.model.max_output_tokens
        )

    def worst_usd(self, repair_bytes: int = 0) -> float:
        """The most that asking it once can cost: a token is at least a byte, and a picture's tokens are known.

        `repair_bytes` is the size of what a repair carries besides: the first answer and what is wrong with it.
        """
        written = self.instructions + self.text + json.dumps(self.tool.schema) + self.tool.description
        tokens = len(written.encode()) + _FRAME_TOKENS + sum(picture.tokens for picture in self.pictures) + repair_bytes
        return self.model.price_usd(tokens, self.max_tokens)

    def likely_usd(self) -> float:
        """What asking it once usually costs: four bytes a token, and half of the room for the answer."""
        written = self.instructions + self.text + json.dumps(self.tool.schema) + self.tool.description
        text_tokens = len(written.encode()) / _LIKELY_BYTES_PER_TOKEN * self.model.tokens_per_byte_factor
        tokens = text_tokens + _FRAME_TOKENS / 2 + sum(picture.tokens for picture in self.pictures)
        return self.model.price_usd(round(tokens), self.max_tokens // 2)


@cache
def load_instructions(name: str) -> str:
    """The text of `prompts/{name}.md`."""
    return (files("lambdas.core.models.claude") / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()


def fence(data: dict[str, Any]) -> str:
    """The data between `<data>` and `</data>`, written so that no text in it can close the fence."""
    return f"<data>\n{escape_markup(json.dumps(data, ensure_ascii=False, indent=1))}\n</data>"


def escape_markup(text: str) -> str:
    """The text with `<`, `>` and `&` written as JSON can write them, so that it holds no tag."""
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
