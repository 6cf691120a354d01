"""Answers with HTTP 200 that are not what the model promises: their body, their fields, or their pictures.

No source documents these. They are what a connection, a proxy, or a change of the service can produce.
"""

import base64
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

from standin.wire.http_server import HttpAnswer

_DEEP = 100_000
_BOMB_SIDE_PX = 9_000
"""Pillow opens a picture of 9,000² px without a warning."""
_TEXT_BYTES = 8_000_000
"""Pillow refuses a compressed text of more than 1 MiB."""

Document = dict[str, Any]

_BODIES: dict[str, Callable[[bytes], bytes]] = {
    "body_empty": lambda body: b"",
    "body_html": lambda body: b"<html><body><h1>502 Bad Gateway</h1></body></html>",
    "body_list": lambda body: b"[" + body + b"]",
    "body_null": lambda body: b"null",
    "body_string": lambda body: json.dumps(body.decode()).encode(),
    "body_nan": lambda body: b"NaN",
    "body_deep": lambda body: b'{"images": ' + b"[" * _DEEP + b"]" * _DEEP + b', "output": ' + b"[" * _DEEP,
    "body_half": lambda body: body[: len(body) // 2],
    "body_bare": lambda body: b"{}",
    "body_not_utf8": lambda body: b'{"seeds": "\xff\xfe", ' + body[1:],
}
_REPLIES: dict[str, Callable[[Document], Document]] = {
    "no_output": lambda reply: _without(reply, "output"),
    "empty_output": lambda reply: {**reply, "output": {}},
    "no_stop_reason": lambda reply: _without(reply, "stopReason"),
    "no_usage": lambda reply: _without(reply, "usage"),
    "no_input_tokens": lambda reply: {**reply, "usage": _without(reply["usage"], "inputTokens")},
}
_IMAGES: dict[str, Callable[[str], Any]] = {
    "image_null": lambda image: None,
    "image_number": lambda image: 7,
    "image_bad_base64": lambda image: image[:-5],
    "image_zero_bytes": lambda image: "",
    "image_text": lambda image: _encode(b"this is not a picture"),
    "image_cut": lambda image: _encode(base64.b64decode(image)[: len(image) // 3]),
    "image_bomb": lambda image: _encode(_bomb()),
    "image_long_text": lambda image: _encode(_with_long_text(base64.b64decode(image))),
}
_PICTURES: dict[str, Callable[[Document], Document]] = {
    "no_image": lambda answer: {**answer, "images": []},
    "images_number": lambda answer: {**answer, "images": 7},
    "extra_images": lambda answer: {**answer, "images": answer["images"] * 3},
    "unknown_reason": lambda answer: {**answer, "finish_reasons": ["SUCCESS"] * len(answer["images"])},
}


def malform(answer: HttpAnswer, fault: str) -> HttpAnswer:
    """Return the answer with this fault; unchanged if the fault is of another kind. A fault of pictures spoils each."""
    body = answer.body
    if answer.status != 200 or isinstance(body, bytes):
        return answer
    if fault in _BODIES:
        return HttpAnswer(200, _BODIES[fault](json.dumps(body).encode()))
    if fault == "body_cut":
        return HttpAnswer(200, body, is_cut=True)
    if fault in _REPLIES:
        return HttpAnswer(200, _REPLIES[fault](body))
    if fault in _IMAGES and body.get("images"):
        return HttpAnswer(200, {**body, "images": [_IMAGES[fault](image) for image in body["images"]]})
    if fault in _PICTURES and body.get("images"):
        return HttpAnswer(200, _PICTURES[fault](body))
    return answer


def _without(document: Document, name: str) -> Document:
    return {key: value for key, value in document.items() if key != name}


def _encode(body: bytes) -> str:
    return base64.b64encode(body).decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _bomb() -> bytes:
    """Return a PNG of a few kilobytes that decodes to 9,000² px."""
    header = struct.pack(">IIBBBBB", _BOMB_SIDE_PX, _BOMB_SIDE_PX, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + _BOMB_SIDE_PX // 8) * _BOMB_SIDE_PX))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _with_long_text(png: bytes) -> bytes:
    """Return the PNG with a compressed text of 8 MB before its pixels."""
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(_TEXT_BYTES)))
    after_header = len(b"\x89PNG\r\n\x1a\n") + 12 + 13
    return png[:after_header] + text + png[after_header:]
