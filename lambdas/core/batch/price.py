"""What each item of a batch can cost. Lines that differ in their wording only are priced once, at the longer wording."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from lambdas.core.admission.checked_request import one_attempt_usd
from lambdas.core.admission.estimate import estimate
from lambdas.core.models.claude.question import escape_markup
from lambdas.core.request.language import detect_language
from lambdas.core.request.request import Request
from lambdas.core.request.usable import unusable

_STEP_BYTES = 256
_MAX_REMEMBERED = 5_000


class PriceList:
    """`price_list.price(request)`, remembered by all that prices follow from."""

    def __init__(self) -> None:
        self._remembered: dict[bytes, dict[str, Any]] = {}

    def price(self, request: Request) -> dict[str, Any]:
        """`worst_case_usd`, `expected_usd` and `one_attempt_usd`, each at least the request's own."""
        must_revise_first = unusable(request, detect_language(request.prompt, None)) is not None
        like_it = replace(
            request,
            prompt=_as_long(request.prompt),
            negative_prompt=request.negative_prompt and _as_long(request.negative_prompt),
            run_id="",
            batch=None,
        )
        key = hashlib.sha256(f"{must_revise_first}{like_it!r}".encode()).digest()
        if key not in self._remembered:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            estimated = estimate(like_it, must_revise_first)
            self._remembered[key] = {
                "worst_case_usd": min(request.max_cost_usd, estimated.worst_case_usd),
                "expected_usd": min(request.max_cost_usd, estimated.expected_usd),
                "one_attempt_usd": one_attempt_usd(like_it, must_revise_first),
            }
        return self._remembered[key]


def _as_long(text: str) -> str:
    """A text of plain letters at least as long, in the bytes that it takes in a question."""
    size_bytes = len(escape_markup(json.dumps(text, ensure_ascii=False)).encode())
    return "x" * (-(-size_bytes // _STEP_BYTES) * _STEP_BYTES)
