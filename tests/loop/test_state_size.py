"""The data that states pass on does not grow with the attempts, nor with the prompt."""

from itertools import product
from typing import Any

import pytest

from bench.state_size import GROWTH, LARGEST, LONG_PROMPT, PROMPT, RunSizes, measure_run
from retake.emulator.patches.lambda_api import Handler, shipped_handler


def _grows(run: RunSizes) -> bool:
    return not GROWTH.is_met(run.growth())


def _is_large(run: RunSizes) -> bool:
    return not LARGEST.is_met(run.largest().size_bytes / 1024)


@pytest.mark.parametrize(("prompt", "revisions"), [(PROMPT, 1), (LONG_PROMPT, 2)], ids=["short", "20,000 characters"])
def test_state_when_there_are_more_attempts_then_it_does_not_grow(prompt: str, revisions: int) -> None:
    run = measure_run({"prompt": prompt, "max_retry_attempts": 4, "max_prompt_revisions": revisions})

    assert run.attempts == 8
    assert not _grows(run)
    assert not _is_large(run)


def test_state_when_names_have_the_maximum_length_then_it_is_below_8_kib() -> None:
    shapes = product(
        ("green", "pink", "grey", "black", "white", "brown", "red", "blue", "yellow", "orange"),
        ("heart", "cup", "apple", "star"),
    )
    requirements = [
        {"id": f"{n:02d}{'r' * 38}", "text": f"a {colour} {shape}"} for n, (colour, shape) in enumerate(shapes)
    ]
    event = {"run_id": "x" * 80, "output_s3_key_prefix": "p" * 300, "requirements": requirements}

    run = measure_run({"prompt": PROMPT, "max_retry_attempts": 2, "max_prompt_revisions": 0, **event})

    assert run.largest().size_bytes > 600
    assert not _is_large(run)


def test_state_when_the_answers_of_a_function_grow_then_the_growth_is_measured() -> None:
    judged: list[Any] = []

    def handler_of(name: str) -> Handler:
        if name != "validate":
            return shipped_handler(name)

        def validate(event: Any, context: Any) -> Any:
            judged.append(event)
            return shipped_handler(name)(event, context) | {"earlier": judged}

        return validate

    run = measure_run({"prompt": PROMPT, "max_retry_attempts": 4, "max_prompt_revisions": 0}, handler_of)

    assert _grows(run)
