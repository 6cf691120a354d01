"""The fault script: which calls go wrong, and how.

A list of rules, for example::

    [{"on": "image",   "fault": "throttle", "times": 2},
     {"on": "verdict", "fault": "rubbish", "calls": [1, 3]},
     {"on": "claude",  "fault": "stall", "stall_s": 5, "calls": [2]},
     {"on": "any",     "fault": "drop", "rate": 0.05}]

`on` says which calls a rule counts: image, requirements, verdict, prompt, coverage, other, claude (all but image) or
any. Which of them it strikes: `times` (the first N it can), `calls` (by number, from 1), `rate` (a share of them, the
same ones in every run), or all. Every rule counts all of its calls, struck by another rule or not; the first rule that
strikes wins.
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
    | {"end_of_life", "legacy", "stall", "drop", "filter_prompt", "filter_output"}
)
ANSWER_FAULTS = frozenset({"refusal", "prose", "fence", "rubbish", "empty", "max_tokens"})
PAINTER_FAULTS = frozenset({"paint_wrong", "paint_right"})
FAULTS = SERVICE_FAULTS | ANSWER_FAULTS | PAINTER_FAULTS

DEFAULT_STALL_S = 3600.0


@dataclass(frozen=True)
class Fault:
    """One rule of a fault script, as the module says."""

    on: str
    fault: str
    times: int | None = None
    calls: tuple[int, ...] | None = None
    rate: float | None = None
    stall_s: float = DEFAULT_STALL_S

    def concerns(self, operation: str) -> bool:
        """Whether a call of this operation is one that the rule counts."""
        if self.fault in ANSWER_FAULTS and operation == "image":
            return False
        if self.fault in PAINTER_FAULTS and operation != "image":
            return False
        return self.on in ("any", operation) or (self.on == "claude" and operation in CLAUDE_OPERATIONS)


class FaultScript:
    """Says, call by call, which rule strikes. Safe to ask from several threads."""

    def __init__(self, rules: tuple[Fault, ...]) -> None:
        self._rules = rules
        self._seen = [0] * len(rules)
        self._struck = [0] * len(rules)
        self._lock = threading.Lock()

    def next(self, operation: str) -> Fault | None:
        """The fault of this call, or None."""
        with self._lock:
            chosen: Fault | None = None
            for index, rule in enumerate(self._rules):
                if not rule.concerns(operation):
                    continue
                self._seen[index] += 1
                if chosen is None and self._strikes(index, rule):
                    self._struck[index] += 1
                    chosen = rule
            return chosen

    def _strikes(self, index: int, rule: Fault) -> bool:
        number = self._seen[index]
        if rule.times is not None:
            return self._struck[index] < rule.times
        if rule.calls is not None:
            return number in rule.calls
        if rule.rate is not None:
            return random.Random(f"fault rule {index}, call {number}").random() < rule.rate
        return True


def read_faults(source: Any) -> tuple[Fault, ...]:
    """The rules in a JSON text, a path to a JSON file, or a list of dicts.

    Raises:
        ValueError: one line that names the rule (from 1), the field and what is wrong with it.
    """
    if isinstance(source, Path):
        source = source.read_text(encoding="utf-8")
    if isinstance(source, str):
        try:
            source = json.loads(source)
        except json.JSONDecodeError as error:
            raise ValueError(f"faults: not JSON ({error}); give a list of rules") from None
    if not isinstance(source, list | tuple):
        raise ValueError("faults: not a list; give a list of rules")
    return tuple(_rule(number, rule) for number, rule in enumerate(source, start=1))


def _rule(number: int, rule: Any) -> Fault:
    if isinstance(rule, Fault):
        return rule
    if not isinstance(rule, Mapping):
        raise ValueError(f"fault rule {number}: {rule!r} is not an object")

    def wrong(field: str, why: str) -> ValueError:
        return ValueError(f"fault rule {number}, {field}: {why}")

    unknown = set(rule) - {"on", "fault", "times", "calls", "rate", "stall_s"}
    if unknown:
        raise wrong(min(map(str, unknown)), "no such field; a rule has on, fault, times, calls, rate, stall_s")
    on, fault = str(rule.get("on")), str(rule.get("fault"))
    if on not in TARGETS:
        raise wrong("on", f"{on!r} is none of {', '.join(sorted(TARGETS))}")
    if fault not in FAULTS:
        raise wrong("fault", f"{fault!r} is none of {', '.join(sorted(FAULTS))}")
    if len({"times", "calls", "rate"} & set(rule)) > 1:
        raise wrong("times", "give only one of times, calls and rate")
    times, calls, rate, stall_s = rule.get("times"), rule.get("calls"), rule.get("rate"), rule.get("stall_s")
    if times is not None and not _is_count(times):
        raise wrong("times", f"{times!r} is not a whole number of 1 or more")
    if calls is not None and not (isinstance(calls, list | tuple) and calls and all(map(_is_count, calls))):
        raise wrong("calls", f"{calls!r} is not a list of whole numbers of 1 or more")
    if rate is not None and not (_is_number(rate) and 0 <= rate <= 1):
        raise wrong("rate", f"{rate!r} is not a number from 0 to 1")
    if stall_s is not None and (fault != "stall" or not (_is_number(stall_s) and stall_s >= 0)):
        raise wrong("stall_s", f"{stall_s!r}: give seconds, 0 or more, with the fault stall")
    if not any(Fault(on=on, fault=fault).concerns(operation) for operation in OPERATIONS):
        raise wrong("fault", f"{fault} cannot happen on {on} calls")
    return Fault(
        on=on,
        fault=fault,
        times=times,
        calls=None if calls is None else tuple(calls),
        rate=rate,
        stall_s=DEFAULT_STALL_S if stall_s is None else float(stall_s),
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
