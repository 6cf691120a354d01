"""What must hold for a request to Claude, whatever the texts in it say."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import lambdas.core.models.claude

_PROMPTS = Path(lambdas.core.models.claude.__file__).parent / "prompts"
_FENCE = re.compile(r"<data>\n([^<>&]*)\n</data>")


def check_question(body: bytes, instructions: str, texts: Sequence[str]) -> dict[str, Any]:
    """The question's data, once the texts are known to be in its one fence, whole, and nowhere else in the request."""
    sent = json.loads(body)
    own_words = (_PROMPTS / f"{instructions}.md").read_text(encoding="utf-8").strip()
    assert sent.pop("system") == [{"text": own_words}], "the instructions are not the file's"
    first, *later = sent.pop("messages")
    assert first["role"] == "user"
    (text,) = [block["text"] for block in first["content"] if "text" in block]
    fence = _FENCE.fullmatch(text)
    assert fence, "there is not exactly one fence around everything"
    data: dict[str, Any] = json.loads(fence[1])
    held = set(strings(data))
    for wanted in texts:
        assert wanted in held, "a text did not come through as it was written"
    outside = [*strings(sent), *_said_back(later)]
    for wanted in texts:
        assert not any(wanted in other for other in outside), "a text stands outside the fence"
    return data


def _said_back(messages: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What we say in the later messages: the faults of answers."""
    for message in messages:
        if message["role"] == "user":
            for text in strings(message["content"]):
                assert not re.search("[<>]", text), "a repair holds a tag"
                yield text


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
