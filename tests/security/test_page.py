"""Attacks in every text of a run's proof sheet: the page is built as if they were plain words, and shows them whole."""

import pytest

from lambdas.core.report import render_report
from tests.support.cases.attacks import TEXTS, Attack
from tests.support.checks.proof_sheet import ParsedPage, check_page
from tests.support.factories.sample_run import SampleRun

EACH = pytest.mark.parametrize("attack", TEXTS, ids=lambda attack: attack.name)


def page_of(text: str) -> bytes:
    """The proof sheet of a run in which everything that a user or a model writes is this text."""
    requirement = {"id": "r1", "kind": "object", "text": text, "question": text, "must": True}
    run = SampleRun(
        {"prompt": text, "negative_prompt": text, "max_retry_attempts": 1},
        requirements=[requirement, {**requirement, "id": "r2", "must": False}],
        warnings=[text],
        language=text,
        engine="stand-in",
    )
    run.wording(0)
    run.attempt(0, 1, [None], [{"r1": text, "r2": text}], uncertain=["r2"])
    run.wording(1, text, negative_prompt=text, why="failed", changes=text, doubts=text)
    run.attempt(1, 1, [], outcome="BLOCKED_OUTPUT", reason=text)
    return render_report(*run.end("ERROR", "ModelAnswerError", text))


@EACH
def test_the_page_is_built_as_if_the_text_were_plain(attack: Attack) -> None:
    found = check_page(page_of(attack.text))
    assert found.structure == check_page(page_of(plain(attack.text))).structure
    assert shown(attack.text, found), "the page does not show it as it was written"


def plain(text: str) -> str:
    """A text that is as long, on as many lines."""
    return "".join(character if character.isspace() else "1" for character in text)


def shown(text: str, page: ParsedPage) -> bool:
    return text in page.text
