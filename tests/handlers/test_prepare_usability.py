"""Prepare checks the usability of a prompt again only if Claude finds another language than its script suggests."""

from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.core.request.request import Request
from lambdas.core.request.usable import Usability, check_usability
from lambdas.core.run.state import RunState
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.execution import Execution
from lambdas.prepare import handler as prepare
from lambdas.prepare.contract import PrepareAnswer
from tests.support.factories.core import ANY_MODEL, folder
from tests.support.fakes.memory_folder import MemoryFolder


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> MemoryFolder:
    found = folder()
    monkeypatch.setattr(RunState, "folder", found)
    monkeypatch.setattr(prepare, "settings", lambda: ANY_MODEL)
    return found


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The languages for which Prepare checked the usability again."""
    languages: list[str] = []

    def check(request: Request, language: str) -> Usability:
        languages.append(language)
        return check_usability(request, language)

    monkeypatch.setattr(prepare, "check_usability", check)
    return languages


def prepare_prompt(monkeypatch: pytest.MonkeyPatch, language: str, **given: Any) -> PrepareAnswer:
    """Return the answer of Prepare if Claude finds this language."""
    monkeypatch.setattr(prepare, "write_requirements", lambda *_: language)
    execution: Execution = {"name": "run-1", "started_at": "2026-11-21T06:00:00Z"}
    return prepare.handler(
        {"event": {"prompt": "la mer", **given}, "execution": execution},
        SimpleNamespace(aws_request_id="request-1"),
    )


@pytest.mark.parametrize(
    ("language", "languages", "next_step", "reason"),
    [("en", [], "GENERATE", None), ("fr", ["fr"], "REVISE", "language"), ("en-GB", ["en-GB"], "GENERATE", None)],
)
def test_the_usability_is_checked_again_for_another_language(
    place: MemoryFolder,
    checked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    languages: list[str],
    next_step: str,
    reason: str | None,
) -> None:
    answer = prepare_prompt(monkeypatch, language)
    assert (answer["next"], answer["ending"], checked) == (next_step, "", languages)
    assert RunState.from_state(answer["run"]).run_id == "run-1"
    written = place.require_json("r00/prompt.json")
    assert (written["language"], written["unusable"]) == (language, reason)


def test_a_prompt_in_another_language_is_refused_if_no_revision_is_allowed(
    place: MemoryFolder, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidRequestError, match=r"^prompt: is not in English \(fr\)"):
        prepare_prompt(monkeypatch, "fr", max_prompt_revisions=0)
    assert place.read_json("r00/prompt.json") is None


def test_a_dry_run_returns_a_complete_state_and_an_estimate_and_writes_nothing(
    place: MemoryFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = prepare_prompt(monkeypatch, "en", dry_run=True)
    assert (answer["next"], answer["ending"]) == ("CONCLUDE", "DRY_RUN")
    assert answer["estimate"] and answer["estimate"]["worst_case_usd"] > answer["estimate"]["expected_usd"] > 0
    assert RunState.from_state(answer["run"]).resumed is False
    assert place.files == {}
