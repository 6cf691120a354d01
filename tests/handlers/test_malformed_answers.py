"""Every fault of an HTTP 200 × every question: the handlers with boto3's own client against the stand-in over HTTP.

The state machine's retries are a loop here; tests/loop runs a few of the faults on the machine itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.core.models import image as image_models
from lambdas.core.models.claude import converse
from lambdas.core.money.ledger import Bill, PaidCall
from lambdas.core.run.history import read_history
from lambdas.core.run.state import RunState
from lambdas.core.runtime.errors import RETRIED_ERRORS, ModelAnswerError
from lambdas.generate import handler as generate
from lambdas.prepare.requirements import write_requirements
from lambdas.revise import handler as revise
from lambdas.validate import handler as validate
from standin import Options, StandIn, read_faults
from standin.faults import BODY_FAULTS, PICTURE_FAULTS, REPLY_FAULTS
from standin.wire.http_server import HttpAnswer
from tests.support.factories.runs import SampleRun, night_picture
from tests.support.fakes.lambda_context import LambdaContext
from tests.support.fakes.memory_folder import MemoryFolder
from tests.support.harnesses.stand_in_client import client

Step = Callable[["Bench"], Any]
TRIES = 3
# The answer is whole but for the number of tokens, so it is used, and counted at its highest cost.
USED_ANYWAY = {"no_usage", "no_input_tokens"}
REFUSED_REPLIES = sorted(BODY_FAULTS | REPLY_FAULTS - USED_ANYWAY)
NOT_A_FILE = {"image_null", "image_number", "image_bad_base64", "image_zero_bytes", "no_image", "images_number"}
NOT_A_PICTURE = {"image_text", "image_cut", "image_bomb", "image_long_text"}
PICTURES_ANYWAY = {"unknown_reason", "extra_images"}
IMAGE_USD = 0.04


@dataclass
class Bench:
    """A prepared run in memory, and the stand-in that its handlers ask."""

    run: SampleRun
    bedrock: StandIn
    errors: list[Exception] = field(default_factory=list)

    @property
    def folder(self) -> MemoryFolder:
        return self.run.folder

    def event(self, revision: int, attempt: int = 1) -> Any:
        state = RunState.of(self.run.asked).to_state()
        return {"run": state, "revision": revision, "attempt": attempt, "spent_usd": 0.0}

    def retried(self, step: Step) -> Any:
        """Take a step as the state machine does: again after an error that it retries."""
        for _ in range(TRIES):
            try:
                return step(self)
            except (*RETRIED_ERRORS, ModelAnswerError) as error:
                self.errors.append(error)
        return None

    def ledger(self, step: str) -> list[PaidCall]:
        document = self.folder.read_json(f"ledger/{step}.json") or {"calls": []}
        return [PaidCall(**call) for call in document["calls"]]


PROMPT = "a red circle above a blue square"
REQUIREMENTS = [
    {"id": "r1", "kind": "object", "text": "a red circle", "question": "Which shapes are red?", "must": True},
    {"id": "r4", "kind": "object", "text": "a blue square", "question": "Which shapes are blue?", "must": True},
]
"""The stand-in understands all of it, so its coverage check sends no wording back."""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes a bench with these faults and fields of the request."""
    open_stand_ins: list[StandIn] = []

    def make(*faults: dict[str, Any], **fields: Any) -> Bench:
        bedrock = StandIn(Options(error_rate=0, picture_side_px=128, faults=read_faults(list(faults))))
        bedrock.start()
        open_stand_ins.append(bedrock)
        runtime = client(bedrock.url)
        monkeypatch.setattr(image_models, "bedrock_for_images", lambda: runtime)
        monkeypatch.setattr(converse, "bedrock_for_claude", lambda: runtime)
        run = SampleRun({"prompt": PROMPT, **fields}, requirements=REQUIREMENTS)
        run.wording(0)
        monkeypatch.setattr(RunState, "folder", run.folder)
        return Bench(run, bedrock)

    yield make
    for bedrock in open_stand_ins:
        bedrock.stop()


def _generate(bench: Bench, attempt: int = 1) -> Any:
    return generate.handler(bench.event(0, attempt), LambdaContext())


def _derive(bench: Bench) -> Any:
    bench.folder.files.pop("requirements.json", None)
    ledger = RunState.of(bench.run.asked).open_ledger("requirements", bench.run.asked, 0.0)
    return write_requirements(bench.folder, bench.run.asked, ledger)


def _validate(bench: Bench) -> Any:
    if not bench.folder.read_json("r00/a01/attempt.json"):
        bench.run.attempt(0, 1, [night_picture(1)])
    return validate.handler(bench.event(0), LambdaContext())


def _revise(bench: Bench) -> Any:
    if not bench.folder.read_json("r00/a01/attempt.json"):
        bench.run.attempt(0, 1, [night_picture(1)], [{"r4": "open water"}])
    event = {name: value for name, value in bench.event(1).items() if name != "attempt"}
    return revise.handler(event, LambdaContext())  # type: ignore[arg-type]


QUESTIONS: dict[str, tuple[Step, str]] = {
    "requirements": (_derive, "requirements"),
    "verdict": (_validate, "r00-a01-verdict"),
    "prompt": (_revise, "r01-prompt"),
}


def test_every_fault_has_its_place_in_the_matrix() -> None:
    assert NOT_A_FILE | NOT_A_PICTURE | PICTURES_ANYWAY == PICTURE_FAULTS
    assert USED_ANYWAY < REPLY_FAULTS


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("fault", REFUSED_REPLIES)
@pytest.mark.parametrize("times", [1, 2, None])
def test_an_answer_of_claude_that_cannot_be_read_is_named_retried_and_counted(
    bench: Any, question: str, fault: str, times: int | None
) -> None:
    step, ledger = QUESTIONS[question]
    rule = {"on": question, "fault": fault} | ({"times": times} if times else {})
    ran: Bench = bench(rule)
    answer = ran.retried(step)

    failures = times or TRIES
    assert (answer is None) == (times is None)
    assert [type(error).__name__ for error in ran.errors] == ["ModelAnswerError"] * failures
    for error in ran.errors:
        assert str(error).startswith("us.anthropic.claude-") and len(str(error).splitlines()) == 1
    calls = [call for call in ran.ledger(ledger) if call.purpose == question]
    assert len(calls) == ran.bedrock.calls.count_paid(question) == failures + (times is not None)
    assert all(call.counted_usd == call.reserved_usd for call in calls[:failures])


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("fault", sorted(USED_ANYWAY))
def test_an_answer_without_its_tokens_is_used_and_counted_at_its_highest_cost(
    bench: Any, question: str, fault: str
) -> None:
    step, ledger = QUESTIONS[question]
    ran: Bench = bench({"on": question, "fault": fault})
    assert ran.retried(step) and not ran.errors
    calls = [call for call in ran.ledger(ledger) if call.purpose == question]
    assert len(calls) == 1
    assert calls[0].counted_usd == calls[0].reserved_usd


@pytest.mark.parametrize("fault", sorted({*REFUSED_REPLIES, *USED_ANYWAY}))
def test_a_coverage_check_that_cannot_be_read_costs_its_price_and_not_the_wording(bench: Any, fault: str) -> None:
    ran: Bench = bench({"on": "coverage", "fault": fault})
    assert ran.retried(_revise)["outcome"] == "REVISED"
    assert not ran.errors
    checks = [call for call in ran.ledger("r01-prompt") if call.purpose == "coverage"]
    assert checks
    assert all(call.counted_usd == call.reserved_usd for call in checks)


@pytest.mark.parametrize("fault", sorted(BODY_FAULTS | NOT_A_FILE))
@pytest.mark.parametrize("times", [1, 2, None])
@pytest.mark.parametrize("model_id", ["stability.stable-image-core-v1:1", "amazon.titan-image-generator-v2:0"])
def test_an_answer_of_an_image_model_without_a_picture_is_named_retried_and_counted(
    bench: Any, fault: str, times: int | None, model_id: str
) -> None:
    rule = {"on": "image", "fault": fault} | ({"times": times} if times else {})
    ran: Bench = bench(rule, image_model_id=model_id)
    answer = ran.retried(_generate)

    failures = times or TRIES
    assert (answer and answer["outcome"]) == ("PICTURES" if times else None)
    assert [type(error).__name__ for error in ran.errors] == ["ModelUnavailableError"] * failures
    for error in ran.errors:
        assert str(error).startswith(model_id) and len(str(error).splitlines()) == 1
    calls = ran.ledger("r00-a01-image")
    assert len(calls) == ran.bedrock.calls.count_paid("image") == failures + (times is not None)
    assert all(call.counted_usd == call.reserved_usd > 0 for call in calls)


@pytest.mark.parametrize("fault", sorted(NOT_A_PICTURE))
def test_a_picture_that_cannot_be_opened_fails_its_attempt_once_and_is_kept(bench: Any, fault: str) -> None:
    ran: Bench = bench({"on": "image", "fault": fault, "times": 1})
    made, judged = ran.retried(_generate), ran.retried(_validate)

    assert (made["outcome"], judged["outcome"], ran.errors) == ("PICTURES", "UNREADABLE", [])
    record = ran.folder.require_json("r00/a01/attempt.json")
    (kept,) = record["not_judged"]
    assert (record["outcome"], record["images"], kept["reason"]) == ("UNREADABLE", [], record["reason"])
    assert len(ran.folder.files[kept["name"]]) == kept["size_bytes"] > 0
    assert ran.bedrock.calls.count_paid("verdict") == 0
    # What the machine, or a resumed run, does next: the same attempt costs nothing, and the next one is made.
    assert (ran.retried(_generate)["outcome"], ran.retried(_validate)["outcome"]) == ("UNREADABLE", "UNREADABLE")
    assert ran.bedrock.calls.count_paid("image") == 1
    assert _generate(ran, attempt=2)["outcome"] == "PICTURES"

    history = read_history(ran.folder)
    assert history is not None and history.best is not None
    assert [one.outcome for one in history.attempts] == ["UNREADABLE", "PICTURES"]
    assert history.best.attempt == 2
    assert history.bill.image_usd == pytest.approx(2 * IMAGE_USD)


@pytest.mark.parametrize("fault", sorted(BODY_FAULTS | NOT_A_FILE | NOT_A_PICTURE))
def test_a_bad_candidate_does_not_lose_the_other_two(bench: Any, fault: str) -> None:
    ran: Bench = bench({"on": "image", "fault": fault, "times": 1}, titan_img_number_of_images=3)
    made, judged = ran.retried(_generate), ran.retried(_validate)

    assert (made["outcome"], ran.errors) == ("PICTURES", [])
    assert judged["outcome"] in ("YES", "NO")
    record = ran.folder.require_json("r00/a01/attempt.json")
    assert len(record["images"]) == 2
    assert {check["candidate"] for check in ran.folder.require_json("r00/a01/verdict.json")["checks"]} == {1, 2}
    assert ran.bedrock.calls.count_paid("image") == 3
    assert sum(call.counted_usd for call in ran.ledger("r00-a01-image")) == pytest.approx(3 * IMAGE_USD)
    assert len(ran.folder.names("r00/a01/image-")) == (3 if fault in NOT_A_PICTURE else 2)


def test_a_picture_with_an_unknown_reason_is_kept_and_counted(bench: Any) -> None:
    ran: Bench = bench({"on": "image", "fault": "unknown_reason"}, max_cost_usd=0.1)
    assert (ran.retried(_generate)["outcome"], ran.errors) == ("PICTURES", [])
    assert ran.retried(_validate)["outcome"] in ("YES", "NO")
    assert ran.bedrock.calls.count_paid("image") == 1
    assert sum(call.counted_usd for call in ran.ledger("r00-a01-image")) == pytest.approx(IMAGE_USD)


def test_pictures_beyond_the_number_asked_for_are_kept_counted_and_not_judged(bench: Any) -> None:
    ran: Bench = bench({"on": "image", "fault": "extra_images"})
    ran.retried(_generate)
    assert ran.retried(_validate)["candidate"] == 1
    record = ran.folder.require_json("r00/a01/attempt.json")
    assert [image["name"] for image in record["images"]] == ["r00/a01/image-1.png"]
    assert [image["name"] for image in record["not_judged"]] == ["r00/a01/image-2.png", "r00/a01/image-3.png"]
    assert all(ran.folder.files[image["name"]] for image in record["not_judged"])
    bill = Bill.from_ledgers([ran.folder.require_json("ledger/r00-a01-image.json")])
    assert bill.image_usd == pytest.approx(3 * IMAGE_USD)


class Killed(BaseException):
    """The function is gone; nothing in it may catch this."""


@pytest.mark.parametrize(
    ("write", "delivered"), [("ledger/r00-a01-image.json", 3), ("r00/a01/image-2.png", 3), ("r00/a01/attempt.json", 3)]
)
def test_a_function_killed_after_its_candidates_arrived_asks_for_none_of_them_again(
    bench: Any, monkeypatch: pytest.MonkeyPatch, write: str, delivered: int
) -> None:
    ran: Bench = bench(titan_img_number_of_images=3)
    killed: list[str] = []
    write_record = MemoryFolder.write

    def killed_at(folder: MemoryFolder, name: str, body: bytes, content_type: str) -> None:
        is_reserving = name.startswith("ledger/") and not folder.names("r00/a01/image-")
        if name == write and not is_reserving and not killed:
            killed.append(name)
            if name.endswith(".png"):
                write_record(folder, name, body, content_type)
            raise Killed
        write_record(folder, name, body, content_type)

    monkeypatch.setattr(MemoryFolder, "write", killed_at)
    with pytest.raises(Killed):
        _generate(ran)
    assert killed == [write]
    assert len(ran.folder.names("r00/a01/image-")) == delivered

    assert _generate(ran)["images"] == delivered
    assert ran.bedrock.calls.count_paid("image") == 3
    assert sum(call.counted_usd for call in ran.ledger("r00-a01-image")) == pytest.approx(3 * IMAGE_USD)


def test_a_picture_found_broken_by_an_earlier_run_does_not_end_the_next_one(bench: Any) -> None:
    # As a version that checked less has left it: recorded as a picture, and the run ended at it.
    ran: Bench = bench()
    ran.run.attempt(0, 1, [night_picture(1)[:3_000]])
    assert ran.retried(_validate)["outcome"] == "UNREADABLE"
    assert not ran.errors


def test_an_attempt_that_cannot_be_opened_does_not_change_what_the_adaptive_policy_counts(bench: Any) -> None:
    ran: Bench = bench(revise_policy="adaptive")
    ran.run.attempt(0, 1, [night_picture(1)], [{"r4": "open water"}])
    ran.run.wording(1)
    ran.run.attempt(1, 1, [night_picture(2)], [{"r4": "open water"}])
    ran.run.attempt(1, 2, [b"not a picture"])
    answer = validate.handler(ran.event(1, 2), LambdaContext())
    assert answer["outcome"] == "UNREADABLE"
    assert (answer["gainless_revisions"], answer["failed_again"], answer["failed_kinds"]) == (1, False, [])


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'"x"', b"<html>", b'{"message": null}', b'{"message": 5}', b"\xff", b'{"code": []}']
)
@pytest.mark.parametrize("status", [500, 503, 404])
def test_an_error_whose_body_is_malformed_has_our_name_too(
    bench: Any, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes
) -> None:
    ran: Bench = bench()
    assert ran.bedrock._server is not None
    monkeypatch.setattr(ran.bedrock._server, "answer_call", lambda *call: HttpAnswer(status, body))
    for step, names in (
        (_generate, {"ModelUnavailableError"}),
        (_derive, {"ModelUnavailableError", "ModelAnswerError"}),
    ):
        assert ran.retried(step) is None
        assert {type(error).__name__ for error in ran.errors} <= names
        ran.errors.clear()
