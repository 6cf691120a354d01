"""The changes from one wording to the next."""

import pytest

from lambdas.core.report.wording_diff import Piece, diff_wordings


def marked(old: str, new: str) -> str:
    signs = {"same": "{}", "added": "[+{}]", "removed": "[-{}]"}
    return "".join(signs[piece.change].format(piece.text) for piece in diff_wordings(old, new)).rstrip()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "A lake under a night sky",
            "A clearly visible lake under a daytime sky",
            "A [+clearly visible] lake under a [-night] [+daytime] sky",
        ),
        ("a moon, a lake, a house", "a moon, a house", "a moon, a [-lake, a] house"),
        ("a moon, a lake and a hill", "a moon, a lake", "a moon, a lake [-and a hill]"),
        ("a moon, a lake", "a moon, a lake, a hill", "a moon, a lake[+, a hill]"),
        ("A lake, a hill", "A lake  a hill", "A lake[-,] a hill"),
        (
            "海に流氷が浮かぶ。月は一つ。",
            "海に氷山が浮かぶ。月は一つだけ。",
            "海に[-流]氷[+山]が浮かぶ。月は一つ[+だけ]。",
        ),
        ("एक छोटी नाव और चाँद", "एक बड़ी नाव और चाँद", "एक [-छोटी] [+बड़ी] नाव और चाँद"),
        ("ไปกินข้าว", "ไปกันข้าว", "ไป[-กิ][+กั]นข้าว"),
    ],
    ids=["words", "removed", "removed at the end", "added at the end", "a comma", "Japanese", "Hindi", "Thai"],
)
def test_diff_marks_the_words_that_changed(old: str, new: str, expected: str) -> None:
    assert marked(old, new) == expected


def test_diff_keeps_the_case_and_the_marks_of_the_new_wording() -> None:
    assert diff_wordings("Drift ice, a moon", "drift ice, a moon") == [
        Piece("removed", "Drift"),
        Piece("same", " "),
        Piece("added", "drift"),
        Piece("same", " "),
        Piece("same", "ice, a moon "),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a lake", "a lake"),
        ("a  lake", "a lake "),
        ("", ""),
        ("", "a lake"),
        ("流氷の浮かぶ夜の海。", "Drift ice on the sea at night"),
        ("a red circle", "two boats in a harbour at dawn, seen from above"),
        ("word " * 3_001, "word " * 3_000),
    ],
    ids=["equal", "equal but for spaces", "empty", "nothing before", "a translation", "a new prompt", "very long"],
)
def test_diff_that_would_help_no_reader_is_empty(old: str, new: str) -> None:
    assert diff_wordings(old, new) == []


def test_diff_of_the_longest_wordings_loses_no_word() -> None:
    old = " ".join(f"word{place}" for place in range(3_000))
    new = " ".join(f"word{place if place % 10 else -place}" for place in range(1_500))
    pieces = diff_wordings(old, new)
    assert {piece.change for piece in pieces} == {"same", "added", "removed"}
    for text, left_out in ((old, "added"), (new, "removed")):
        assert "".join(one.text for one in pieces if one.change != left_out).split() == text.split()
