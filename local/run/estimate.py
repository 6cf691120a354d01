"""What a request would cost, told without asking Bedrock anything."""

from collections.abc import Iterator, Mapping
from typing import Any

from lambdas.core.checked_request import checked_request
from lambdas.core.errors import InvalidRequestError
from lambdas.prepare.pricing import priced
from local.run.events import named, read_event
from local.run.place import execution_name, settings_here
from local.terminal.errors import BadInputError


def estimated(source: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """A dry run's answer for the event in the file `source` ("-": standard input).

    Raises:
        BadInputError: the file or the event cannot be used, just as `retake run` would say it.
    """
    try:
        event = read_event(source)
        settings = settings_here(event, environment)
        estimate = priced(checked_request(event, settings, execution_name(source)), settings)
        # The counts of the worst case at the top level too, where a script looks for them.
        return {**estimate, **estimate["calls"]}
    except InvalidRequestError as error:
        raise BadInputError(f"{named(source)}: {error}") from None


def told(estimate: dict[str, Any]) -> Iterator[str]:
    """The estimate in a few lines for people."""
    yield f"worst case  ${estimate['worst_case_usd']:.4f}  ({_calls(estimate['calls'])})"
    yield f"expected    ${estimate['expected_usd']:.4f}  ({_calls(estimate['expected_calls'])})"
    yield f"ceiling     ${estimate['max_cost_usd']:.4f}  (max_cost_usd: no call that could pass it is made)"
    for model_id, access in estimate["model_access"].items():
        yield f"access      {model_id}: {access}"
    for warning in estimate["warnings"]:
        yield f"warning     {warning}"


def _calls(calls: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count:g}" for name, count in calls.items() if count)
