"""Every guard broken once: the suite must see it."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.core.models.claude import answer, question, requirements, revision, verdict
from lambdas.core.models.claude.verdict import Check, Verdict
from lambdas.core.report import environment
from lambdas.core.request import place
from lambdas.core.runtime import observability
from retake.view import progress
from tests.security import test_event, test_fence, test_log, test_page, test_reviser, test_verdict
from tests.security.test_log import log  # noqa: F401  # a fixture
from tests.support.cases.attacks import ATTACKS, Attack
from tests.support.cases.obedient_answers import NO_ANSWER, NOT_MET
from tests.support.fakes.claude import ScriptedClaude

BY_NAME = {attack.name: attack for attack in ATTACKS}
Patch = Callable[[pytest.MonkeyPatch], None]
Test = Callable[[ScriptedClaude], None]


def replaced(owner: Any, name: str, value: Any) -> Patch:
    return lambda patch: patch.setattr(owner, name, value)


def against(name: str, test: Callable[[ScriptedClaude, Attack], None]) -> Test:
    return lambda claude: test(claude, BY_NAME[name])


def _believed(item: Any, candidates: int) -> Check:
    return Check(item["id"], 1, str(item.get("observed")), bool(item.get("met")))


def _prompt_too(data: dict[str, Any]) -> str:
    return question.fence({**data, "about": "secret-words-of-the-prompt"})


BROKEN: dict[str, tuple[Patch, Test]] = {
    "a fence that can be closed": (
        replaced(question, "escape_markup", str),
        against("close", test_fence.test_in_the_prompt_when_requirements_are_derived),
    ),
    "a judge that is shown the prompt": (
        replaced(verdict, "fence", _prompt_too),
        against("close", test_fence.test_in_a_requirement_and_a_brand_rule_before_the_judge),
    ),
    "a user's text in a repair": (
        lambda patch: patch.setattr(
            revision, "_Problems", lambda _, people, made=revision._Problems: made(people, people)
        ),
        against("new-task", test_fence.test_in_a_wording_and_a_requirement_that_it_does_not_cover),
    ),
    "a result that is believed": (
        replaced(Verdict, "result", lambda self, candidate: "YES"),
        lambda claude: test_verdict.test_other_fields_of_the_answer_do_not_change_the_verdict(
            claude, NOT_MET["a result of its own"]
        ),
    ),
    "checks that are believed": (
        replaced(verdict, "_check", _believed),
        lambda claude: test_verdict.test_what_is_no_check_of_every_must_have_is_no_verdict(
            claude, NO_ANSWER["met as text alone"]
        ),
    ),
    "the first of two answers": (
        replaced(answer, "_single", lambda answers: answers[0]),
        lambda claude: test_verdict.test_two_calls_that_differ_are_no_answer(
            claude, (test_verdict.OBEYED, test_verdict.TRUE)
        ),
    ),
    "musts that can be talked away": (
        replaced(requirements, "replace", lambda item, **_: item),
        test_verdict.test_a_prompt_that_talks_the_musts_away_has_its_pictures_judged_all_the_same,
    ),
    "a wording of any length": (
        replaced(revision, "_parse", lambda found, _: revision.Revision(found["revised_prompt"], None, "")),
        lambda claude: test_reviser.test_a_wording_that_obeys_is_sent_back_and_then_refused(
            claude, test_reviser.REFUSED["its instructions"]
        ),
    ),
    "a page without escaping": (
        replaced(environment, "_environment", lambda made=environment._environment: made().overlay(autoescape=False)),
        lambda _: test_page.test_the_page_is_built_as_if_the_text_were_plain(BY_NAME["script"]),
    ),
    "an error that quotes the raw text": (
        replaced(place, "format_value", str),
        lambda _: test_event.test_a_name_that_is_none_is_refused_in_one_plain_line(BY_NAME["ansi"]),
    ),
    "a terminal that obeys": (
        replaced(progress, "printable", lambda text, _=None: text),
        lambda _: test_log.test_a_line_on_a_terminal_is_a_line_of_characters_that_print(BY_NAME["ansi"]),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_suite_sees_a_broken_guard(claude: ScriptedClaude, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    break_it, test = BROKEN[name]
    claude.always.update(
        record_prompt=test_reviser.GOOD, record_coverage={"missing": []}, record_verdict={"checks": []}
    )
    test(claude)
    claude.sent.clear()
    break_it(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test(claude)


def test_the_suite_sees_a_log_that_is_no_json(log: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    def pasted(record: logging.LogRecord) -> str:
        return f'{{"service":"retake","fault":"{record.__dict__.get("fault")}"}}'

    monkeypatch.setattr(observability.logger.registered_formatter, "format", pasted)
    with pytest.raises((AssertionError, ValueError)):
        test_log.test_every_line_of_the_log_is_one_object_of_ours(log, BY_NAME["forged-line"])
