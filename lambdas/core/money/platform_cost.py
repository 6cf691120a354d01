"""An estimate of the charges of Step Functions and Lambda for a run. AWS does not bill these by execution.

Prices in USD, us-east-1 and us-west-2, read 2026-07: Step Functions Standard 0.025 per 1,000 state transitions; Lambda
on arm64 0.0000133334 per GB-second and 0.20 per million requests. Free tiers are left out.
"""

from dataclasses import dataclass

from lambdas.core.runtime.functions import LOOP_FUNCTIONS

_USD_PER_TRANSITION = 0.025 / 1_000
_USD_PER_GB_S = 0.000_013_333_4
_USD_PER_REQUEST = 0.20 / 1_000_000
# The memory of the run's largest function, because the duration of each function is not known here.
_MEMORY_GB = max(function.memory_mb for function in LOOP_FUNCTIONS.values()) / 1024

# A run passes Prepare, Ready to generate?, Conclude, Ended well? and the end; an attempt five states; a revision three.
# Retries are not counted.
_TRANSITIONS_OF_A_RUN, _TRANSITIONS_OF_AN_ATTEMPT, _TRANSITIONS_OF_A_REVISION = 5, 5, 3
_REQUESTS_OF_A_RUN, _REQUESTS_OF_AN_ATTEMPT, _REQUESTS_OF_A_REVISION = 2, 2, 1


@dataclass(frozen=True)
class PlatformCost:
    """The two estimates, in USD."""

    step_functions_usd: float
    lambda_usd: float

    def to_record(self) -> dict[str, float]:
        """Return the entries of the result's `cost`. They are not part of its `total_usd`."""
        return {
            "estimated_step_functions_usd": self.step_functions_usd,
            "estimated_lambda_usd": self.lambda_usd,
        }


def estimate_platform_cost(attempts: int, revisions: int, duration_s: float) -> PlatformCost:
    """Estimate the charges of one run. Its functions run one after the other, so they took at most its duration."""
    transitions = _TRANSITIONS_OF_A_RUN + _TRANSITIONS_OF_AN_ATTEMPT * attempts + _TRANSITIONS_OF_A_REVISION * revisions
    requests = _REQUESTS_OF_A_RUN + _REQUESTS_OF_AN_ATTEMPT * attempts + _REQUESTS_OF_A_REVISION * revisions
    return PlatformCost(
        step_functions_usd=round(transitions * _USD_PER_TRANSITION, 6),
        lambda_usd=round(requests * _USD_PER_REQUEST + duration_s * _MEMORY_GB * _USD_PER_GB_S, 6),
    )
