"""Read an HTTP 200 of Bedrock: return the answer, or raise one error that names the fault.

An answer may be cut off, may not be JSON, or may lack a field. Without this module, botocore's parser and our own code
would raise any of a dozen Python errors.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeGuard

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from lambdas.core.money.ledger import Engine
from lambdas.core.runtime.strict_json import read_json

# AWS: botocore passes on the errors of its JSON parser. Only some of them are a ResponseParserError.
_PARSER_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    ResponseParserError,
    TypeError,
    ValueError,
)
_MAX_FAULT_CHARS = 200
# No context window is as large. A larger number, or one that is not whole, is not a count of tokens.
_MAX_TOKENS = 10_000_000


class UnreadableAnswerError(Exception):
    """An HTTP 200 without a usable answer. It may be billed. `translate_error` names it for the state machine."""


@dataclass(frozen=True)
class Reply:
    """One answer of Converse."""

    message: dict[str, Any]
    """Every tool input in it is plain JSON, and every text can be written as UTF-8."""
    stop_reason: str
    engine: Engine
    tokens: tuple[int, int] | None
    """The input and output tokens; None if `usage` does not give them."""


def engine_of(response: Mapping[str, Any]) -> Engine:
    """Return the service that answered a call. The stand-in names itself in the header `Server`."""
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return "stand-in" if headers.get("server") == "stand-in" else "bedrock"


@contextmanager
def reading_answer() -> Iterator[None]:
    """Raise `UnreadableAnswerError` for every error of reading an answer. Errors of Bedrock and the connection pass unchanged.

    Only the call itself and the parsing of its answer belong inside.
    """
    try:
        yield
    except (BotoCoreError, ClientError):
        raise
    except _PARSER_FAULTS as error:
        fault = " ".join(f"{type(error).__name__}: {error}".split())
        raise UnreadableAnswerError(fault[:_MAX_FAULT_CHARS]) from error


def parse_document(body: bytes) -> dict[str, Any]:
    """Return the JSON object in the body of an InvokeModel answer.

    Raises:
        UnreadableAnswerError: it is not UTF-8, not strict JSON, or not an object.
    """
    try:
        document = read_json(body.decode())
    except UnicodeDecodeError:
        raise UnreadableAnswerError("it is not UTF-8") from None
    except ValueError as error:
        raise UnreadableAnswerError(f"it {error}") from None
    return dict(_require(document, dict, "the answer", "an object"))


def parse_reply(response: Mapping[str, Any]) -> Reply:
    """Return the message, stop reason and tokens of a Converse answer, as botocore parsed it.

    Raises:
        UnreadableAnswerError: a part is missing or of another type.
    """
    output = _require(response.get("output"), dict, "`output`", "an object")
    message = _require(output.get("message"), dict, "`output.message`", "an object")
    content = _require(message.get("content"), list, "`output.message.content`", "a list")
    # AWS: botocore reduces a block of a kind that it does not know to its name. It cannot be sent back.
    blocks = [_parse_block(block) for block in content if block and "SDK_UNKNOWN_MEMBER" not in block]
    stop_reason = _require(response.get("stopReason"), str, "`stopReason`", "a text")
    return Reply(
        {"role": "assistant", "content": blocks}, stop_reason, engine_of(response), _parse_usage(response.get("usage"))
    )


def to_plain_json(value: Any) -> Any:
    """Return the value as strict JSON. Half of a surrogate pair becomes "?", because UTF-8 cannot hold it.

    Raises:
        UnreadableAnswerError: it holds NaN or Infinity, or it is nested too deep.
    """
    try:
        return read_json(json.dumps(value, ensure_ascii=False).encode(errors="replace").decode())
    except RecursionError:
        raise UnreadableAnswerError("it is nested too deep") from None
    except ValueError as error:
        raise UnreadableAnswerError(str(error)) from None


def _parse_block(block: Any) -> dict[str, Any]:
    block = _require(block, dict, "a content block", "an object")
    if "toolUse" in block:
        use = _require(block["toolUse"], dict, "`toolUse`", "an object")
        for name in ("toolUseId", "name"):
            _require(use.get(name), str, f"`toolUse.{name}`", "a text")
        return {"toolUse": {**use, "input": to_plain_json(use.get("input"))}}
    if "text" in block:
        return {"text": _require(block["text"], str, "`text`", "a text").encode(errors="replace").decode()}
    return dict(block)


def _parse_usage(usage: Any) -> tuple[int, int] | None:
    if not isinstance(usage, dict):
        return None
    given, written = usage.get("inputTokens"), usage.get("outputTokens")
    return (given, written) if _is_count(given) and _is_count(written) else None


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= _MAX_TOKENS


def _require(value: Any, kind: type, name: str, promised: str) -> Any:
    if not isinstance(value, kind):
        raise UnreadableAnswerError(f"{name} is {'missing' if value is None else f'not {promised}'}")
    return value
