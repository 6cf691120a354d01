"""Runs of the shipped machine and handlers in which everything that a user can write is an attack."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambdas.core.request.language import detect_language
from lambdas.core.runtime.settings import Settings
from retake.emulator.cloud import LocalCloud
from retake.view.outcome import Outcome
from standin import Options, StandIn
from tests.support.security.attacks import TEXTS, Attack

_SHORT = [attack for attack in TEXTS if len(attack.text) <= 500]
# No attack asks for it, so no picture has it, and a run can only be accepted by fraud.
MISSED = "three green lanterns"
_AT_ONCE = 4


@dataclass(frozen=True)
class AttackedRun:
    """How one run ended, and what it left."""

    event: dict[str, Any]
    outcome: Outcome
    folder: Path

    def json(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return found


PROMPTS = tuple(attack for place, attack in enumerate(TEXTS) if place % 2 == 0 or attack not in _SHORT)
"""Every second attack is a prompt, and those between are requirements and brand rules: a run takes a third of a second."""


def event_of(attack: Attack) -> dict[str, Any]:
    """An event with this attack as its prompt and its neighbours in every other place."""
    others = [_SHORT[(TEXTS.index(attack) + step) % len(_SHORT)].text for step in range(1, 5)]
    must_be_revised = detect_language(attack.text, None) != "en" or len(attack.text) > 10_000
    event = {
        "prompt": attack.text,
        "requirements": [
            {"text": others[0], "question": others[1]},
            {"text": MISSED, "question": "What lights are there?", "id": "missed"},
        ],
        "brand_rules": [{"text": others[2], "question": others[3]}],
        "max_retry_attempts": 1,
        # A revision takes as long as all the rest.
        "max_prompt_revisions": 1 if must_be_revised or PROMPTS.index(attack) % 2 else 0,
    }
    # The stand-in's reviser does not translate a negative prompt.
    if detect_language(others[0], None) == "en":
        event["negative_prompt"] = others[0]
    return event


def attacked_runs(out: Path) -> tuple[dict[str, AttackedRun], str]:
    """A run for each of `PROMPTS`, by its name, all in one cloud; and the cloud's log."""
    settings = Settings(bucket="retake-local", claude_read_timeout_s=20.0)
    runs: dict[str, AttackedRun] = {}
    with (
        StandIn(Options(error_rate=0.0, picture_side_px=64)) as bedrock,
        LocalCloud(
            out, bedrock_url=bedrock.url, settings_environment=settings.to_environment(), wait_scale=0.0
        ) as cloud,
    ):
        for place in range(0, len(PROMPTS), _AT_ONCE):
            batch = [(attack, event_of(attack)) for attack in PROMPTS[place : place + _AT_ONCE]]
            started = [(attack, event, cloud.start("loop", attack.name, event)) for attack, event in batch]
            for attack, event, execution in started:
                runs[attack.name] = AttackedRun(event, cloud.wait(execution, timeout_s=60), out / attack.name)
    return runs, (out / "log.jsonl").read_text(encoding="utf-8")
