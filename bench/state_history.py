"""How large the texts are that an execution carries from state to state, read from its history."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# The event is the user's, and travels no further than Prepare; from Conclude's answer on, the final output travels.
_WITH_THE_EVENT = ("Prepare", ("input", "arguments"))
_WITH_THE_RESULT = ("Conclude", ("result", "output"))
_BEFORE_AN_ATTEMPT, _AFTER_AN_ATTEMPT = "Generate image", ("Revise prompt", "Conclude")


@dataclass(frozen=True)
class Carried:
    """One JSON text that a state was given, gave, or left behind."""

    attempt: int
    """Of the whole run, from 1; 0 outside of attempts: Prepare, a revision, Conclude."""
    state: str
    what: str
    """`input`, `arguments` (of a task), `result` (of a task), `output`, or `variables` (all that are in scope)."""
    size_bytes: int
    """In UTF-8, without spaces, as Step Functions counts it."""


def carried(events: Iterable[Any]) -> Iterator[Carried]:
    """Everything the states carry between the event and the result, both left out, in the order of the history.

    `events` are GetExecutionHistory's, execution data included.
    """
    attempt, is_outside, state = 0, True, ""
    variables: dict[str, Any] = {}
    for event in events:
        details: dict[str, Any] = next((event[key] for key in event if key.endswith("EventDetails")), {})
        if event["type"].endswith("StateEntered"):
            state = details["name"]
            attempt += state == _BEFORE_AN_ATTEMPT
            is_outside = state in _AFTER_AN_ATTEMPT or (is_outside and state != _BEFORE_AN_ATTEMPT)
            texts = {"input": details["input"]}
        elif event["type"] == "TaskScheduled":
            texts = {"arguments": details["parameters"]}
        elif event["type"] == "TaskSucceeded":
            texts = {"result": details["output"]}
        elif event["type"].endswith("StateExited"):
            variables |= {name: json.loads(value) for name, value in details.get("assignedVariables", {}).items()}
            texts = {"output": details["output"], "variables": json.dumps(variables)}
        else:
            continue
        for what, text in texts.items():
            if what in _WITH_THE_EVENT[1] and state == _WITH_THE_EVENT[0]:
                continue
            if what in _WITH_THE_RESULT[1] and state == _WITH_THE_RESULT[0]:
                return
            yield Carried(0 if is_outside else attempt, state, what, _size_bytes(text))


def _size_bytes(text: str) -> int:
    return len(json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode())
