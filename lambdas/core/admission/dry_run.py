"""The price of a request before anything is paid."""

from typing import Any

from lambdas.core.admission.admit import Admitted
from lambdas.core.admission.estimate import estimate
from lambdas.core.admission.model_access import model_access
from lambdas.core.admission.warnings import warnings_about
from lambdas.core.runtime.settings import Settings


def price_request(admitted: Admitted, settings: Settings) -> dict[str, Any]:
    """Return a dry run's figures: `worst_case_usd`, `expected_usd`, the calls of both, `model_access`, `warnings`."""
    request = admitted.request
    return {
        **estimate(request, admitted.usability.must_revise_first).to_record(),
        "max_cost_usd": request.max_cost_usd,
        "model_access": model_access(request, settings),
        "warnings": warnings_about(request, given=admitted.given),
    }
