"""Runs of the shipped machine and handlers in which every text that a user can write is an attack."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.request.language import detect_language
from lambdas.core.runtime.settings import Settings
from retake.view.outcome import Outcome
from tests.support.cases.attacks import TEXTS, Attack
from tests.support.harnesses.local_cloud import BUCKET, local_cloud

_SHORT = [attack for attack in TEXTS if len(attack.text) <= 500]
# No attack asks for it, so no picture shows it: a run can be accepted only by fraud.
MISSED = "three green triangles"
_AT_ONCE = 4


@dataclass(frozen=True)
class AttackedRun:
    """How one run ended, and what it left."""

    event: dict[str, Any]
    outcome: Outcome
    folder: Path

    def json(self, name: str) -> dict[str, Any]:
        """Return the object of one record."""
        found: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return found


PROMPTS = tuple(attack for place, attack in enumerate(TEXTS) if place % 2 == 0 or attack not in _SHORT)
"""The attacks that are prompts: every second one, and all long ones. The others are requirements and brand rules.

A run takes a third of a second, so not every attack gets one of its own.
"""


def event_of(attack: Attack) -> dict[str, Any]:
    """Return an event with this attack as its prompt and the attacks that follow it in every other place."""
    others = [_SHORT[(TEXTS.index(attack) + step) % len(_SHORT)].text for step in range(1, 5)]
    must_be_revised = detect_language(attack.text, None) != "en" or len(attack.text) > 10_000
    event = {
        "prompt": attack.text,
        "requirements": [
            {"text": others[0], "question": others[1]},
            {"text": MISSED, "question": "What shapes are there?", "id": "missed"},
        ],
        "brand_rules": [{"text": others[2], "question": others[3]}],
        "max_retry_attempts": 1,
        # A revision takes as long as the rest of the run.
        "max_prompt_revisions": 1 if must_be_revised or PROMPTS.index(attack) % 2 else 0,
    }
    # The stand-in's reviser does not translate a negative prompt.
    if detect_language(others[0], None) == "en":
        event["negative_prompt"] = others[0]
    return event


def attacked_runs(out: Path) -> tuple[dict[str, AttackedRun], str]:
    """Run each of `PROMPTS` in one cloud. Return the runs by the attack's name, and the cloud's log."""
    settings = Settings(bucket=BUCKET, claude_read_timeout_s=20.0)
    runs: dict[str, AttackedRun] = {}
    with local_cloud(out, settings, stand_in_options={"picture_side_px": 64}) as (cloud, _):
        for place in range(0, len(PROMPTS), _AT_ONCE):
            group = [(attack, event_of(attack)) for attack in PROMPTS[place : place + _AT_ONCE]]
            started = [(attack, event, cloud.start("loop", attack.name, event)) for attack, event in group]
            for attack, event, execution in started:
                runs[attack.name] = AttackedRun(event, cloud.wait(execution, timeout_s=60), out / attack.name)
    return runs, (out / "log.jsonl").read_text(encoding="utf-8")
