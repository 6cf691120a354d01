"""What a request will cost, told before anything is paid."""

from typing import Any

from lambdas.core.admission.estimate import estimate
from lambdas.core.admission.model_access import model_access
from lambdas.core.admission.warnings import warnings_about
from lambdas.core.request.language import detect_language
from lambdas.core.request.request import Request
from lambdas.core.request.usable import unusable
from lambdas.core.runtime.settings import Settings


def priced(request: Request, settings: Settings) -> dict[str, Any]:
    """A dry run's answer: `worst_case_usd`, `expected_usd`, the calls of both, `model_access`, `warnings`."""
    must_revise_first = unusable(request, detect_language(request.prompt, None)) is not None
    return {
        **estimate(request, must_revise_first).to_record(),
        "max_cost_usd": request.max_cost_usd,
        "model_access": model_access(request, settings),
        "warnings": warnings_about(request),
    }
