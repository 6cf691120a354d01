"""Price the items of a batch. The length of a prompt is rounded up, so that similar lines are priced once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lambdas.core.admission.admit import Admitted, one_attempt_usd
from lambdas.core.admission.estimate import estimate
from lambdas.core.models.claude.question import escape_markup
from lambdas.core.request.request import Request

_STEP_BYTES = 256
_MAX_REMEMBERED = 5_000


class PriceList:
    """A cache of prices. Its key is every field that a price depends on."""

    def __init__(self) -> None:
        self._remembered: dict[bytes, dict[str, Any]] = {}

    def price(self, admitted: Admitted) -> dict[str, Any]:
        """Return `worst_case_usd`, `expected_usd` and `one_attempt_usd`, each at least the request's exact price.

        `worst_case_calls` and `expected_calls` are the numbers of calls to the image model.
        """
        request, must_revise_first = admitted.request, admitted.usability.must_revise_first
        rounded = replace(
            request,
            prompt=_as_long(request.prompt),
            negative_prompt=request.negative_prompt and _as_long(request.negative_prompt),
            run_id="",
            batch=None,
        )
        key = hashlib.sha256(f"{must_revise_first}{rounded!r}".encode()).digest()
        if key not in self._remembered:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            estimated = estimate(rounded, must_revise_first)
            self._remembered[key] = {
                "worst_case_usd": min(request.max_cost_usd, estimated.worst_case_usd),
                "expected_usd": min(request.max_cost_usd, estimated.expected_usd),
                "one_attempt_usd": one_attempt_usd(rounded, must_revise_first),
                "worst_case_calls": _image_calls(request, estimated.calls),
                "expected_calls": _image_calls(request, estimated.expected_calls),
            }
        return self._remembered[key]


def _image_calls(request: Request, calls: Mapping[str, float]) -> float:
    """Return the calls to the image model. A model that makes one picture a call is called for each candidate."""
    makes_one = request.image_model.max_images_per_call == 1
    return calls["images"] if makes_one else calls["verdicts"]


def _as_long(text: str) -> str:
    """Return a text of x's that takes at least as many bytes in a question as `text` does."""
    size_bytes = len(escape_markup(json.dumps(text, ensure_ascii=False)).encode())
    return "x" * (-(-size_bytes // _STEP_BYTES) * _STEP_BYTES)
