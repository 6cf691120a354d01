"""The fault script: rules that make chosen calls fail in a chosen way.

A script is a JSON list of rules::

    [{"on": "image",   "fault": "throttle", "times": 2},
     {"on": "verdict", "fault": "rubbish", "calls": [1, 3]},
     {"on": "claude",  "fault": "stall", "stall_s": 5, "calls": [2]},
     {"on": "any",     "fault": "drop", "rate": 0.05}]

`on` selects the calls that a rule counts: image, requirements, verdict, prompt, coverage, other, claude (all but image)
or any. One more field selects which of them fail:

* `times`: the first N calls that no earlier rule has taken.
* `calls`: the calls with these numbers, from 1.
* `rate`: this share of the calls, the same ones in every run.
* none of the three: every call.

When several rules match a call, the first one in the list is used. Every rule still counts the call.
"""

import json
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLAUDE_OPERATIONS = frozenset({"requirements", "verdict", "prompt", "coverage", "other"})
OPERATIONS = CLAUDE_OPERATIONS | {"image"}
TARGETS = OPERATIONS | {"claude", "any"}

SERVICE_FAULTS = frozenset(
    {"throttle", "unavailable", "server_error", "not_ready", "model_timeout", "model_error", "quota", "access_denied"}
    | {"end_of_life", "legacy", "stall", "drop", "filter_prompt", "filter_output", "filter_input"}
)
ANSWER_FAULTS = frozenset({"refusal", "prose", "fence", "rubbish", "empty", "max_tokens"})
PAINTER_FAULTS = frozenset({"paint_wrong", "paint_right"})
# An answer with HTTP 200 that is not what the model promises: see wire/malformed.py.
BODY_FAULTS = frozenset(
    {"body_empty", "body_html", "body_list", "body_null", "body_string", "body_nan", "body_deep", "body_half"}
    | {"body_cut", "body_bare", "body_not_utf8"}
)
REPLY_FAULTS = frozenset({"no_output", "empty_output", "no_stop_reason", "no_usage", "no_input_tokens"})
PICTURE_FAULTS = frozenset(
    {"image_null", "image_number", "image_bad_base64", "image_zero_bytes", "image_text", "image_cut", "image_bomb"}
    | {"image_long_text", "no_image", "images_number", "extra_images", "unknown_reason"}
)
MALFORMED_FAULTS = BODY_FAULTS | REPLY_FAULTS | PICTURE_FAULTS
FAULTS = SERVICE_FAULTS | ANSWER_FAULTS | PAINTER_FAULTS | MALFORMED_FAULTS

DEFAULT_STALL_S = 3600.0
_SHOWN_CHARS = 60


@dataclass(frozen=True)
class Fault:
    """One rule of a fault script."""

    on: str
    fault: str
    times: int | None = None
    calls: tuple[int, ...] | None = None
    rate: float | None = None
    stall_s: float = DEFAULT_STALL_S

    def applies_to(self, operation: str) -> bool:
        """Return whether the rule counts calls of this operation."""
        if self.fault in ANSWER_FAULTS | REPLY_FAULTS and operation == "image":
            return False
        if self.fault in PAINTER_FAULTS | PICTURE_FAULTS | {"filter_input"} and operation != "image":
            return False
        return self.on in ("any", operation) or (self.on == "claude" and operation in CLAUDE_OPERATIONS)


class FaultScript:
    """Pick the fault for each call, in order. Safe to use from several threads."""

    def __init__(self, rules: tuple[Fault, ...]) -> None:
        self._rules = rules
        self._counted = [0] * len(rules)
        self._used = [0] * len(rules)
        self._lock = threading.Lock()

    def next_fault(self, operation: str) -> Fault | None:
        """Count one call and return its fault, or None."""
        with self._lock:
            chosen: Fault | None = None
            for index, rule in enumerate(self._rules):
                if not rule.applies_to(operation):
                    continue
                self._counted[index] += 1
                if chosen is None and self._matches(index, rule):
                    self._used[index] += 1
                    chosen = rule
            return chosen

    def _matches(self, index: int, rule: Fault) -> bool:
        number = self._counted[index]
        if rule.times is not None:
            return self._used[index] < rule.times
        if rule.calls is not None:
            return number in rule.calls
        if rule.rate is not None:
            return random.Random(f"fault rule {index}, call {number}").random() < rule.rate
        return True


def read_faults(source: Any) -> tuple[Fault, ...]:
    """Parse rules from a JSON string, the path of a JSON file, or a list of dicts.

    Raises:
        ValueError: a rule is not valid. One line names the rule (from 1), the field and the fault.
    """
    if isinstance(source, Path):
        source = source.read_text(encoding="utf-8")
    if isinstance(source, str):
        try:
            source = json.loads(source)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"faults: not JSON ({error}); give a list of rules") from None
    if not isinstance(source, list | tuple):
        raise ValueError("faults: not a list; give a list of rules")
    return tuple(_parse_rule(number, rule) for number, rule in enumerate(source, start=1))


def _parse_rule(number: int, rule: Any) -> Fault:
    if isinstance(rule, Fault):
        return rule
    if not isinstance(rule, Mapping):
        raise ValueError(f"fault rule {number}: {_quote(rule)} is not an object")

    def invalid(field: str, reason: str) -> ValueError:
        return ValueError(f"fault rule {number}, {field}: {reason}")

    unknown = set(rule) - {"on", "fault", "times", "calls", "rate", "stall_s"}
    if unknown:
        raise invalid(
            min(map(str, unknown))[:_SHOWN_CHARS], "no such field; a rule has on, fault, times, calls, rate, stall_s"
        )
    on, fault = str(rule.get("on")), str(rule.get("fault"))
    if on not in TARGETS:
        raise invalid("on", f"{_quote(on)} is not one of {', '.join(sorted(TARGETS))}")
    if fault not in FAULTS:
        raise invalid("fault", f"{_quote(fault)} is not one of {', '.join(sorted(FAULTS))}")
    if len({"times", "calls", "rate"} & set(rule)) > 1:
        raise invalid("times", "give only one of times, calls and rate")
    times, calls, rate, stall_s = rule.get("times"), rule.get("calls"), rule.get("rate"), rule.get("stall_s")
    if times is not None and not _is_count(times):
        raise invalid("times", f"{_quote(times)} is not a whole number of 1 or more")
    if calls is not None and not (isinstance(calls, list | tuple) and calls and all(map(_is_count, calls))):
        raise invalid("calls", f"{_quote(calls)} is not a list of whole numbers of 1 or more")
    if rate is not None and not (_is_number(rate) and 0 <= rate <= 1):
        raise invalid("rate", f"{_quote(rate)} is not a number from 0 to 1")
    if stall_s is not None and (fault != "stall" or not (_is_number(stall_s) and stall_s >= 0)):
        raise invalid(
            "stall_s", f"{_quote(stall_s)} is not valid; give seconds, 0 or more, and only with the fault stall"
        )
    if not any(Fault(on=on, fault=fault).applies_to(operation) for operation in OPERATIONS):
        raise invalid("fault", f"{fault} cannot happen on {on} calls")
    return Fault(
        on=on,
        fault=fault,
        times=times,
        calls=None if calls is None else tuple(calls),
        rate=rate,
        stall_s=DEFAULT_STALL_S if stall_s is None else float(stall_s),
    )


def _quote(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
