"""Price the items of a batch. The length of a prompt is rounded up, so that similar lines are priced once."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from lambdas.core.admission.admit import Admitted, one_attempt_usd
from lambdas.core.admission.estimate import estimate
from lambdas.core.models.claude.question import escape_markup

_STEP_BYTES = 256
_MAX_REMEMBERED = 5_000


class PriceList:
    """A cache of prices. Its key is every field that a price depends on."""

    def __init__(self) -> None:
        self._remembered: dict[bytes, dict[str, Any]] = {}

    def price(self, admitted: Admitted) -> dict[str, Any]:
        """Return `worst_case_usd`, `expected_usd` and `one_attempt_usd`, each at least the request's exact price."""
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
            }
        return self._remembered[key]


def _as_long(text: str) -> str:
    """Return a text of x's that takes at least as many bytes in a question as `text` does."""
    size_bytes = len(escape_markup(json.dumps(text, ensure_ascii=False)).encode())
    return "x" * (-(-size_bytes // _STEP_BYTES) * _STEP_BYTES)
