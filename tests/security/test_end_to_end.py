"""Every attack through the shipped state machine and handlers: it comes out as it went in, and nothing else happens."""

import json
from typing import Any

import pytest

from lambdas.core.request.language import detect_language
from tests.support.cases.attacks import TEXTS, Attack
from tests.support.checks.log import check_log
from tests.support.checks.proof_sheet import check_page
from tests.support.checks.question import strings
from tests.support.harnesses.attacked_runs import MISSED, PROMPTS, AttackedRun, attacked_runs, event_of

EACH = pytest.mark.parametrize("attack", PROMPTS, ids=lambda attack: attack.name)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, AttackedRun], str]:
    return attacked_runs(tmp_path_factory.mktemp("attacked"))


@EACH
def test_the_run_ends_as_any_run_whose_picture_lacks_something(
    ran: tuple[dict[str, AttackedRun], str], attack: Attack
) -> None:
    run = ran[0][attack.name]
    assert (run.outcome.status, run.outcome.error) == ("FAILED", "RunExhausted")
    cause: dict[str, Any] = json.loads(run.outcome.cause or "")
    whole = run.json("result.json")
    assert (cause["status"], cause["run_id"]) == (whole["status"], whole["run_id"]) == ("EXHAUSTED", attack.name)
    assert (cause["attempts"], cause["revisions"]) == _attempts_and_revisions(run.event)
    assert cause["verdict"]["result"] == "NO"
    assert not {check["id"]: check["met"] for check in cause["verdict"]["checks"]}["missed"]
    assert cause["prompt"] == attack.text or cause["prompt"] == attack.text[:999] + "…"


@EACH
def test_every_text_is_in_the_records_as_it_was_written(
    ran: tuple[dict[str, AttackedRun], str], attack: Attack
) -> None:
    run = ran[0][attack.name]
    event, asked = run.event, run.json("request.json")["request"]
    assert (asked["prompt"], asked["negative_prompt"]) == (attack.text, event.get("negative_prompt"))
    given = [event["requirements"][0]["text"], MISSED, event["brand_rules"][0]["text"]]
    listed = run.json("requirements.json")["requirements"]
    assert [item["text"] for item in listed] == given
    assert [item["question"] for item in listed][::2] == [
        event["requirements"][0]["question"],
        event["brand_rules"][0]["question"],
    ]
    assert all(item["must"] for item in listed)
    assert run.json("r00/prompt.json")["prompt"] == attack.text
    assert run.json("result.json")["prompt"] == attack.text
    limits = {name: asked[name] for name in ("max_retry_attempts", "max_prompt_revisions", "max_cost_usd")}
    assert limits == {
        "max_retry_attempts": event["max_retry_attempts"],
        "max_prompt_revisions": event["max_prompt_revisions"],
        "max_cost_usd": 5.0,
    }


@EACH
def test_the_proof_sheet_only_shows_it(ran: tuple[dict[str, AttackedRun], str], attack: Attack) -> None:
    run = ran[0][attack.name]
    page = check_page((run.folder / "report.html").read_bytes())
    assert attack.text in page.text
    assert run.event["requirements"][0]["text"] in page.text


@EACH
def test_nothing_lies_where_it_should_not(ran: tuple[dict[str, AttackedRun], str], attack: Attack) -> None:
    run = ran[0][attack.name]
    names = {path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*") if path.is_file()}
    revisions = run.event["max_prompt_revisions"]
    first = {"r00/prompt.json", "request.json", "requirements.json", "result.json", "report.html"}
    assert first < names
    assert {name.split("/")[0] for name in names if "/" in name} <= {f"r{n:02d}" for n in range(revisions + 1)} | {
        "ledger"
    }


def test_the_folder_holds_the_runs_and_the_log_alone(ran: tuple[dict[str, AttackedRun], str]) -> None:
    runs, _ = ran
    out = runs[PROMPTS[0].name].folder.parent
    assert {path.name for path in out.iterdir()} == {*runs, "log.jsonl"}


def test_the_log_is_one_object_of_ours_a_line(ran: tuple[dict[str, AttackedRun], str]) -> None:
    runs, log = ran
    lines = check_log(log)
    assert {line["run_id"] for line in lines if line["service"] == "retake"} == set(runs)
    assert {line["message"] for line in lines if line["service"] == "retake"} == {"done"}


def test_every_attack_went_through() -> None:
    written = {text for attack in PROMPTS for text in strings(event_of(attack))}
    assert [attack.name for attack in TEXTS if attack.text not in written] == []


def _attempts_and_revisions(event: dict[str, Any]) -> tuple[int, int]:
    # A wording that the image model cannot read, or not whole, is revised before its first picture.
    unread = detect_language(event["prompt"], None) != "en" or len(event["prompt"]) > 10_000
    revisions = event["max_prompt_revisions"]
    return 1 + revisions - unread, revisions
