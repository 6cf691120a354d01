"""Text in another script that the picture must show: the reviser keeps it as it is."""

import pytest

from lambdas.core.request.language import detect_language
from standin.answers.reviser import revise_prompt

FAILED = {"why": "failed", "failed": [{"id": "r1", "text": "exactly three red circles", "observed": "two"}]}


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ('three red circles, a shop sign that reads "ラーメン"', '"ラーメン"'),
        ("three red circles, a sign that says ‘ラーメン大盛り無料’", "‘ラーメン大盛り無料’"),
        ("three red circles, a sign that says ラーメン大盛り無料", "ラーメン大盛り無料"),
        ("赤い丸が三つ。看板に「営業中」と書いてある。", '"営業中"'),
        ("Три красных круга и вывеска «Добро пожаловать»", '"Добро пожаловать"'),
    ],
)
def test_a_revised_prompt_has_the_text_as_it_is(prompt: str, text: str) -> None:
    for limits in ({}, {"max_prompt_chars": 100}):
        revised = revise_prompt({"original_prompt": prompt, "image_model": limits, **FAILED})["revised_prompt"]
        assert text in revised
        assert detect_language(revised, None) == "en", revised


def test_a_prompt_that_is_too_long_loses_its_other_words_before_the_text() -> None:
    prompt = f'three red circles, a sign that says "ラーメン", {"a boat, a house, a tree, " * 20}'
    revised = revise_prompt({"original_prompt": prompt, "image_model": {"max_prompt_chars": 90}, **FAILED})
    assert '"ラーメン"' in revised["revised_prompt"] and len(revised["revised_prompt"]) <= 90
