"""Detect the language of a prompt, and check whether a model understands it."""

import pytest

from lambdas.core.catalogue.models import image_model
from lambdas.core.request.language import detect_language, foreign_texts, understands
from tests.support.factories.core import CORE


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("a lighthouse at night", "en"),
        ("Ein Leuchtturm über der Küste, façade, naïve", "en"),
        ("夜の海、月とオーロラ", "und"),
        ("ночь и море", "und"),
        ("منارة في الليل", "und"),
        ("등대", "und"),
        ("灯台 in the night", "en"),
        ("夜の海 with a moon", "und"),
        ('a shop whose sign says "おでん おいしい おでん"', "en"),
        ("a shop with 「営業中営業中営業中」 on its door", "en"),
        ("a scroll, “書道書道書道書道”, on a wall", "en"),
        ("「Open」の看板がある店", "und"),
        ('a shop sign that reads "ラーメン"', "en"),
        ("a red sign that says ‘ラーメン大盛り無料’", "en"),
        ("a sign that says 'ラーメン大盛り無料', over a door", "en"),
        ("a sign that says ラーメン大盛り無料", "en"),
        ("a banner with the words Добро пожаловать домой over a door", "en"),
        ("a poster titled 夜の海", "en"),
        ("it's a cat's house, 夜の海と月とオーロラ, isn't it", "und"),
        ("text: 流氷の浮かぶ夜の海", "und"),
        ("🌊🌅 1 2 3 !?", "en"),
        ("", "en"),
    ],
)
def test_without_claude_the_script_of_the_letters_outside_quotes_decides(prompt: str, language: str) -> None:
    assert detect_language(prompt, None) == language


@pytest.mark.parametrize("answer", ["ja", "pt-BR", "zh_Hant", "fil", "und", " fr\n"])
def test_the_language_that_claude_gives_is_used(answer: str) -> None:
    assert detect_language("a lighthouse", answer) == answer.strip()


@pytest.mark.parametrize("answer", ["", " ", "English", "en, because of the words", "日本語", "x" * 40])
def test_an_invalid_language_tag_is_ignored(answer: str) -> None:
    assert detect_language("a lighthouse", answer) == "en"
    assert detect_language("夜の海", answer) == "und"


@pytest.mark.parametrize(
    ("language", "understood"),
    [
        ("en", True),
        ("EN", True),
        ("en-US", True),
        ("en_GB", True),
        ("eng", False),
        ("ja", False),
        ("und", False),
        ("", False),
    ],
)
def test_a_model_reads_the_languages_of_its_documentation(language: str, understood: bool) -> None:
    assert understands(image_model(CORE), language) is understood


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [
        ("a lighthouse", []),
        ('a sign that says "OPEN"', []),
        ('a sign that says "OPEN 営業中"', ["OPEN 営業中"]),
        ("「営業中」 on a door, and ‘ラーメン’ on a lantern", ["営業中", "ラーメン"]),
        ("a sign that says ラーメン大盛り無料 over a door", ["ラーメン大盛り無料"]),
        ("a banner with the words Добро пожаловать, at night", ["Добро пожаловать"]),
        ("a 侍 at dawn", []),
    ],
)
def test_the_texts_in_another_script_that_the_picture_shows_are_found(prompt: str, texts: list[str]) -> None:
    assert foreign_texts(prompt) == texts
