"""The plain view of a run's progress."""

import io

from retake.view.output import printable
from retake.view.progress import AttemptRow, PlainView

NO = AttemptRow(1, 2, 123, 2.14, "NO", "3/5", "full moon (crescent seen)", 0.04119)


def plain_lines(*rows: AttemptRow) -> list[str]:
    stream = io.StringIO()
    view = PlainView(stream)
    for row in rows:
        view.attempt(row)
    return stream.getvalue().splitlines()


def test_attempt_when_the_view_is_plain_then_it_is_one_line() -> None:
    assert plain_lines(
        NO,
        AttemptRow(1, 3, 124, None, "YES", "5/5", "", 0.05),
        AttemptRow(0, 1, None, 0.3, "BLOCKED", "", "the content filter refused the prompt", 0.0),
    ) == [
        "r01 a02  seed 123  2.1 s  NO 3/5  missing: full moon (crescent seen) · $0.0412",
        "r01 a03  seed 124  reused  YES 5/5 · $0.0500",
        "r00 a01  0.3 s  BLOCKED  the content filter refused the prompt · $0.0000",
    ]


def test_printable_when_the_text_has_control_characters_then_they_are_removed() -> None:
    assert printable("red\x1b[31m \u202eup\r\ndown\x07\t夜") == "red[31m up  down 夜"
    assert printable("a long text", 7) == "a long…"


def test_view_when_the_stream_is_closed_then_it_raises_nothing() -> None:
    stream = io.StringIO()
    view = PlainView(stream)
    stream.close()

    view.attempt(NO)
    view.line("and another")
