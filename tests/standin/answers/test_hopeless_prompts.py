"""A prompt that the stand-in does not fully know is never accepted, so its known parts are painted without mistakes.

Then only uncertain requirements fail, in every picture, and the state machine ends the run after the second one.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from standin.answers.requirements import derive_requirements
from standin.answers.reviser import LEFT_OUT, revise_prompt
from standin.options import Options
from standin.scenes.judge import judge
from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.painter import paint
from standin.wire.picture_file import encode_picture
from tests.support.factories.prompts import japanese, prompts
from tests.support.harnesses.loop import run

DEFAULT = Options()
seeds = st.integers(1, 1_000_000)
negatives = st.sampled_from(("", "people", "zqdog", "cars, zqdog", "circles", "人、猫"))


def checks_of(original: str, negative: str, painted: str, painted_negative: str, seed: int) -> list[dict[str, Any]]:
    """Return the judge's checks of a picture of `painted`, by the requirements of the original prompt."""
    listed = derive_requirements({"prompt": original, "negative_prompt": negative})["requirements"]
    picture = encode_picture(paint(painted, painted_negative, seed, 256, 256, DEFAULT), "png")
    found: list[dict[str, Any]] = judge([picture], {"requirements": listed})["checks"]
    return found


def assert_only_uncertain(checks: list[dict[str, Any]]) -> None:
    """If anything is uncertain, nothing else fails."""
    if not all(check["certain"] for check in checks):
        assert [check for check in checks if check["certain"] and not check["met"]] == []


@given(prompts, negatives, seeds)
@settings(max_examples=60, deadline=None)
def test_a_prompt_with_an_unknown_part_fails_by_nothing_else(prompt: str, negative: str, seed: int) -> None:
    assert_only_uncertain(checks_of(prompt, negative, prompt, negative, seed))


@given(st.one_of(japanese, prompts), negatives, st.sampled_from((120, 512)), seeds)
@settings(max_examples=60, deadline=None)
def test_a_prompt_with_an_unknown_part_fails_by_nothing_else_when_it_is_revised_first(
    prompt: str, negative: str, max_chars: int, seed: int
) -> None:
    revised = revise_prompt(
        {
            "original_prompt": prompt,
            "original_negative_prompt": negative,
            "why": "language",
            "image_model": {"max_prompt_chars": max_chars, "max_negative_prompt_chars": 512},
        }
    )
    painted = revised["revised_prompt"]
    # A text too long for the model loses known parts too. Then another wording may help.
    assume(set(parse_scene(prompt).wants) <= set(parse_scene(painted).wants))
    assert_only_uncertain(checks_of(prompt, negative, painted, revised["negative_prompt"], seed))


@pytest.mark.parametrize(
    "prompt",
    [
        "a tasty expensive watch",
        "Elon Musk riding a dragon",
        "a serene landscape with mountains and a lake",
        "two red circles and a happy unicorn",
        "a large red circle",
        "huge clearly visible full moon over the sea with a lighthouse",
        "a red circle above a blue square, but no circle",
        "ein roter Kreis und zwei blaue Quadrate",
        "赤い丸と猫",
        "満月、湖、虹、家が一軒ある、猫が走る、豪華な夢の糸の鏡の窓の机",
    ],
)
def test_a_run_of_an_odd_prompt_ends_uncertain_after_two_attempts(prompt: str, tmp_path: Path) -> None:
    ran = run(tmp_path, {"prompt": prompt}, stand_in_options={"error_rate": None}, shortcuts=True)

    assert (ran.answer["status"], ran.answer["attempts"]) == ("UNCERTAIN", 2)


def test_strong_words_of_the_reviser_do_not_make_a_prompt_unknown() -> None:
    revised = parse_scene("A large and clearly visible red circle, the clearly visible sea. A red circle.")
    by_user = parse_scene("A large red circle")

    assert (bool(revised.unread), revised.is_understood) == (True, True)
    assert not by_user.is_understood


def test_a_wording_without_the_unknown_parts_says_that_something_is_left_out() -> None:
    revised = revise_prompt({"original_prompt": "満月、豪華な夢の糸の鏡の窓の机", "why": "language"})["revised_prompt"]
    whole = revise_prompt({"original_prompt": "満月と湖", "why": "language"})["revised_prompt"]

    assert revised.endswith(LEFT_OUT)
    assert not parse_scene(revised, "en").is_understood
    assert LEFT_OUT not in whole
