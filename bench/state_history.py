"""Read the sizes of the texts that an execution passes from state to state, from its history."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# Left out: the event, which is the user's and reaches only Prepare, and the final output, from Conclude's answer on.
_WITH_THE_EVENT = ("Prepare", ("input", "arguments"))
_WITH_THE_RESULT = ("Conclude", ("result", "output"))
_BEFORE_AN_ATTEMPT, _AFTER_AN_ATTEMPT = "Generate image", ("Revise prompt", "Conclude")


@dataclass(frozen=True)
class StateText:
    """One JSON text that a state received, produced or kept."""

    attempt: int
    """The number of the attempt in the run, from 1; 0 outside attempts (Prepare, a revision, Conclude)."""
    state: str
    what: str
    """`input`, `arguments` (of a task), `result` (of a task), `output`, or `variables` (all in scope)."""
    size_bytes: int
    """The size in UTF-8 without spaces, as Step Functions counts it."""


def read_state_texts(events: Iterable[Any]) -> Iterator[StateText]:
    """Yield all texts between the event and the result, which are left out, in the order of the history.

    events: those of GetExecutionHistory, including execution data.
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
            yield StateText(0 if is_outside else attempt, state, what, _size_bytes(text))


def _size_bytes(text: str) -> int:
    return len(json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode())
