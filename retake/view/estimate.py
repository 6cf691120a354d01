"""The cost estimate of a request or of a manifest, as lines for the terminal."""

import math
from collections.abc import Iterator
from typing import Any

from lambdas.core.runtime.quoting import format_count
from retake.view import exit_codes
from retake.view.output import print_faults, printable, to_json, write_stdout


def format_estimate(estimate: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the estimate."""
    yield f"worst case  ${estimate['worst_case_usd']:.4f}  ({_calls(estimate['calls'])})"
    yield f"expected    ${estimate['expected_usd']:.4f}  ({_calls(estimate['expected_calls'])})"
    yield f"ceiling     ${estimate['max_cost_usd']:.4f}  (max_cost_usd: no call that could pass it is made)"
    for model_id, access in estimate["model_access"].items():
        yield f"access      {model_id}: {access}"
    for warning in estimate["warnings"]:
        yield f"warning     {warning}"


def format_manifest_estimate(estimate: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the estimate of a manifest."""
    yield f"lines       {format_lines(estimate)}"
    for rejection in estimate["first_rejections"]:
        yield f"rejected    {rejection}"
    if estimate["items"]:
        models = ", ".join(f"{name} {calls}" for name, calls in estimate["image_calls_per_minute"].items())
        more = " more" if estimate.get("accepted_before") else ""
        yield f"worst case  ${estimate['worst_case_usd']:.2f}{more}  ({_format_hours(estimate['worst_case_hours'])})"
        yield f"expected    ${estimate['expected_usd']:.2f}{more}  ({_format_hours(estimate['expected_hours'])})"
        yield f"ceiling     ${estimate['max_cost_usd']:.2f}  (of the batch: no call that could pass it is made)"
        yield f"quota       {models} calls a minute; {estimate['max_concurrency']} items at once"
    if estimate["extra_columns"]:
        yield f"columns     {format_extra_columns(estimate)}"
    for warning in estimate["warnings"]:
        yield f"warning     {warning}"


def print_manifest_estimate(estimate: dict[str, Any], source: str, as_json: bool) -> int:
    """Print the estimate of the manifest `source`, and return the exit code: 2 if nothing could run."""
    lines = map(printable, format_manifest_estimate(estimate))
    write_stdout(to_json(estimate) if as_json else "\n".join(lines).encode())
    if estimate["refusal"]:
        return print_faults(source, estimate["refusal"])
    return exit_codes.ACCEPTED


def _format_hours(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{math.ceil(hours * 60) or 1} min"


def format_lines(counts: dict[str, Any]) -> str:
    """Return `6 lines: 4 items, 1 rejected, 1 skipped as duplicates`."""
    accepted = f" ({counts['accepted_before']} accepted already)" if counts.get("accepted_before") else ""
    return (
        f"{format_count(counts['lines'], 'line')}: {format_count(counts['items'], 'item')}{accepted}, {counts['rejected']} rejected, {counts['skipped']} skipped as "
        "duplicates"
    )


def format_extra_columns(plan: dict[str, Any]) -> str:
    """Return the extra columns of the manifest, with a note that they are not fields of a request."""
    return f"not fields of a request, kept for the results: {', '.join(plan['extra_columns'])}"


def _calls(calls: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count:g}" for name, count in calls.items() if count)
