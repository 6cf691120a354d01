"""The cost estimate of a request, as lines for the terminal."""

from collections.abc import Iterator
from typing import Any


def format_estimate(estimate: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the estimate."""
    yield f"worst case  ${estimate['worst_case_usd']:.4f}  ({_calls(estimate['calls'])})"
    yield f"expected    ${estimate['expected_usd']:.4f}  ({_calls(estimate['expected_calls'])})"
    yield f"ceiling     ${estimate['max_cost_usd']:.4f}  (max_cost_usd: no call that could pass it is made)"
    for model_id, access in estimate["model_access"].items():
        yield f"access      {model_id}: {access}"
    for warning in estimate["warnings"]:
        yield f"warning     {warning}"


def _calls(calls: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count:g}" for name, count in calls.items() if count)
