"""Checks of a question to Claude: the texts of users are data in its one fence, and are nowhere else."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import lambdas.core.models.claude

_PROMPTS = Path(lambdas.core.models.claude.__file__).parent / "prompts"
_FENCE = re.compile(r"<data>\n([^<>&]*)\n</data>")


def fenced_data(text: str) -> dict[str, Any]:
    """Return the data of a question's text, which must be one fence and nothing else."""
    fence = _FENCE.fullmatch(text)
    assert fence, f"not exactly one fence around everything: {text[:300]!r}"
    data: dict[str, Any] = json.loads(fence[1])
    return data


def check_question(body: bytes, instructions: str, texts: Sequence[str]) -> dict[str, Any]:
    """Return the question's data, once the texts are known to be in its fence, whole, and nowhere else in the request.

    `instructions` names the file whose text must be the system prompt.
    """
    sent = json.loads(body)
    own_words = (_PROMPTS / f"{instructions}.md").read_text(encoding="utf-8").strip()
    assert sent.pop("system") == [{"text": own_words}], "the instructions are not the file's"
    first, *later = sent.pop("messages")
    assert first["role"] == "user"
    (text,) = [block["text"] for block in first["content"] if "text" in block]
    data = fenced_data(text)
    in_data = set(strings(data))
    for wanted in texts:
        assert wanted in in_data, "a text was changed on its way into the fence"
    outside = [*strings(sent), *_repairs(later)]
    for wanted in texts:
        assert not any(wanted in other for other in outside), "a text is outside the fence"
    return data


def _repairs(messages: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield what our later messages say about the faults of an answer."""
    for message in messages:
        if message["role"] == "user":
            for text in strings(message["content"]):
                assert not re.search("[<>]", text), "a repair holds a tag"
                yield text


def strings(value: Any) -> Iterator[str]:
    """Yield every string in a JSON value, but no key."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
