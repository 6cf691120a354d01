"""Paying for pictures: what is reserved, what is settled, and what a refusal or a fault comes to."""

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from lambdas.core.models import image as image_models
from lambdas.core.models.image import Picture, generate
from lambdas.core.models.image.image_request import Blocked
from lambdas.core.money.ledger import CeilingReachedError, Ledger
from lambdas.core.runtime.errors import (
    InvalidRequestError,
    ModelThrottledError,
    ModelTimeoutError,
    ModelUnavailableError,
    RecordError,
)
from tests.support.factories.core import CORE, TITAN, ledger, recorded_calls
from tests.support.factories.image_calls import (
    ALL_REFUSED,
    PICTURE_REFUSED,
    PROMPT_REFUSED,
    SOME_REFUSED,
    b64,
    image_request,
)
from tests.support.fakes.bedrock import ScriptedBedrock

URL = "https://bedrock"
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "InvokeModel")
FILTERED = {"finish_reasons": ["Filter reason: output image"]}


def painted(body: bytes) -> dict[str, Any]:
    return {"finish_reasons": [None], "images": [base64.b64encode(body).decode()]}


def each_candidate(monkeypatch: pytest.MonkeyPatch, *answers: dict[str, Any] | Exception) -> None:
    """Answer each candidate's call, known by its seed: they are made at once, in no order that a stubber could keep."""
    seeds = [
        call.body["seed"]
        for call in image_models.stability.build_calls(image_request(CORE, number_of_images=len(answers)))
    ]
    by_seed = dict(zip(seeds, answers, strict=True))

    class Client:
        def invoke_model(self, *, modelId: str, body: str) -> dict[str, Any]:  # noqa: N803  # the API's name
            answer = by_seed[json.loads(body)["seed"]]
            if isinstance(answer, Exception):
                raise answer
            return {"body": io.BytesIO(json.dumps(answer).encode())}

    monkeypatch.setattr(image_models, "bedrock_for_images", Client)


def test_every_call_is_written_down_before_it_is_made_and_settled_after(painter: ScriptedBedrock) -> None:
    book, seen = ledger(), list[Any]()
    painter.on_request = lambda: seen.extend(recorded_calls(book))
    painter.paints({"images": [b64(b"a"), b64(b"b")], "error": SOME_REFUSED})
    pictures = generate(image_request(TITAN, number_of_images=3), book, verdict_usd=0.0, keep=list[Picture]().append)

    assert pictures == [Picture(1, b"a", 7), Picture(2, b"b", 7)]
    assert [(call["reserved_usd"], call["cost_usd"]) for call in seen] == [(pytest.approx(0.03), None)]
    # A picture that a filter held back is not charged.
    assert [(call["kind"], call["cost_usd"]) for call in recorded_calls(book)] == [("image", pytest.approx(0.02))]
    assert painter.requests[0]["modelId"] == TITAN


def test_nothing_is_asked_for_when_the_verdict_on_it_could_not_be_paid(painter: ScriptedBedrock) -> None:
    generous, tight = ledger(ceiling_usd=0.05), ledger(ceiling_usd=0.05)
    painter.paints(painted(b"a"))
    assert generate(image_request(CORE), generous, verdict_usd=0.01, keep=list[Picture]().append)
    with pytest.raises(CeilingReachedError):
        generate(image_request(CORE), tight, verdict_usd=0.0101, keep=list[Picture]().append)
    assert len(painter.requests) == 1
    assert recorded_calls(tight) == []


@pytest.mark.parametrize(
    ("message", "what"), [(PROMPT_REFUSED, "prompt"), (PICTURE_REFUSED, "output"), (ALL_REFUSED, "output")]
)
def test_a_refusal_that_comes_as_an_error_is_a_value_and_costs_nothing(
    painter: ScriptedBedrock, message: str, what: str
) -> None:
    book = ledger()
    painter.fails("ValidationException", message)
    blocked = generate(image_request(TITAN), book, 0.0, list[Picture]().append)
    assert isinstance(blocked, Blocked) and (blocked.part, blocked.reason) == (what, message)
    assert book.spent_usd == 0


@pytest.mark.parametrize(
    ("fault", "error", "spent_usd"),
    [
        (lambda wire: wire.fails("ThrottlingException", "slow down", 429), ModelThrottledError, 0),
        (lambda wire: wire.fails("ValidationException", "seed: too big"), InvalidRequestError, 0),
        (lambda wire: wire.breaks(EndpointConnectionError(endpoint_url=URL)), ModelUnavailableError, 0),
        # No answer came, so it may have been paid for, and the ceiling must count it.
        (lambda wire: wire.breaks(ReadTimeoutError(endpoint_url=URL)), ModelTimeoutError, 0.04),
        (lambda wire: wire.breaks(ConnectionClosedError(endpoint_url=URL)), ModelUnavailableError, 0.04),
        (lambda wire: wire.paints(b"<html>"), ModelUnavailableError, 0.04),
        (lambda wire: wire.paints({"finish_reasons": [None], "images": ["a"]}), ModelUnavailableError, 0.04),
        (
            lambda wire: wire.paints({"finish_reasons": [None], "images": [b64(b""), None, 7]}),
            ModelUnavailableError,
            0.04,
        ),
        (lambda wire: wire.paints({"finish_reasons": ["Inference error"]}), ModelUnavailableError, 0),
        (lambda wire: wire.paints({"finish_reasons": [None], "images": []}), ModelUnavailableError, 0.04),
        (lambda wire: wire.paints({"finish_reasons": ["SUCCESS"]}), ModelUnavailableError, 0.04),
        (lambda wire: wire.paints({"finish_reasons": 5}), ModelUnavailableError, 0.04),
        (lambda wire: wire.paints({}), ModelUnavailableError, 0.04),
    ],
)
def test_a_fault_has_our_name_and_is_paid_for_only_if_it_may_have_been(
    painter: ScriptedBedrock, fault: Callable[[ScriptedBedrock], None], error: type[Exception], spent_usd: float
) -> None:
    book = ledger()
    fault(painter)
    with pytest.raises(error):
        generate(image_request(CORE), book, 0.0, list[Picture]().append)
    reopened = Ledger.open(book.folder, book.step, 0.0, 5.0)
    assert reopened.spent_usd == pytest.approx(spent_usd)


def test_candidates_that_came_are_the_answer_and_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    book = ledger()
    each_candidate(monkeypatch, FILTERED, painted(b"b"), THROTTLED, painted(b"d"))
    pictures = generate(image_request(CORE, number_of_images=4), book, 0.0, list[Picture]().append)
    assert isinstance(pictures, list)
    assert [(picture.candidate, picture.body) for picture in pictures] == [(2, b"b"), (4, b"d")]
    assert book.spent_usd == pytest.approx(0.08)


def test_a_fault_among_refusals_is_worth_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    each_candidate(monkeypatch, FILTERED, THROTTLED)
    with pytest.raises(ModelThrottledError):
        generate(image_request(CORE, number_of_images=2), ledger(), 0.0, list[Picture]().append)


def test_an_attempt_is_blocked_when_every_candidate_is(monkeypatch: pytest.MonkeyPatch) -> None:
    book = ledger()
    each_candidate(monkeypatch, FILTERED, FILTERED)
    assert generate(image_request(CORE, number_of_images=2), book, 0.0, list[Picture]().append) == Blocked(
        "output", "Filter reason: output image"
    )
    assert book.spent_usd == 0


def test_every_picture_is_kept_before_the_ledger_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    book, kept = ledger(), list[tuple[Picture, Any]]()
    each_candidate(monkeypatch, painted(b"a"), painted(b"b"))
    pictures = generate(
        image_request(CORE, number_of_images=2),
        book,
        0.0,
        lambda picture: kept.append((picture, recorded_calls(book)[0]["cost_usd"])),
    )
    assert sorted((picture.candidate, cost_usd) for picture, cost_usd in kept) == [(1, None), (2, None)]
    assert pictures == sorted((picture for picture, _ in kept), key=lambda picture: picture.candidate)


def test_a_picture_that_cannot_be_kept_does_not_lose_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(picture: Picture) -> None:
        if picture.candidate == 2:
            raise RecordError("S3 did not write it")

    book = ledger()
    each_candidate(monkeypatch, painted(b"a"), painted(b"b"), painted(b"c"))
    pictures = generate(image_request(CORE, number_of_images=3), book, 0.0, keep)
    assert isinstance(pictures, list)
    assert [picture.candidate for picture in pictures] == [1, 3]
    assert book.spent_usd == pytest.approx(0.12)

    each_candidate(monkeypatch, FILTERED, painted(b"b"))
    with pytest.raises(RecordError, match="did not write"):
        generate(image_request(CORE, number_of_images=2), ledger(), 0.0, keep)


@pytest.mark.parametrize(
    ("model_id", "answer", "asked", "expected"),
    [
        (CORE, {"finish_reasons": [None], "images": [b64(b"a"), b64(b"b"), b64(b"c")]}, 1, [(1, 7), (2, 7), (3, 7)]),
        (TITAN, {"images": [b64(b"a"), b64(b"b"), b64(b"c")]}, 2, [(1, 7), (2, 7), (3, 7)]),
    ],
)
def test_pictures_beyond_the_number_that_was_asked_for_are_kept_and_counted(
    painter: ScriptedBedrock, model_id: str, answer: dict[str, Any], asked: int, expected: list[tuple[int, int]]
) -> None:
    book, kept = ledger(), list[Picture]()
    painter.paints(answer)
    pictures = generate(image_request(model_id, number_of_images=asked), book, 0.0, kept.append)
    assert kept == pictures
    assert [(picture.candidate, picture.seed) for picture in kept] == expected
    assert book.spent_usd == pytest.approx(3 * book.calls[0].reserved_usd / asked)


def test_surplus_pictures_of_several_calls_have_numbers_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    two = {"finish_reasons": [None, None], "images": [b64(b"a"), b64(b"b")]}
    each_candidate(monkeypatch, two, two, two)
    kept = list[Picture]()
    generate(image_request(CORE, number_of_images=3), ledger(), 0.0, kept.append)
    assert sorted(picture.candidate for picture in kept) == [1, 2, 3, 4, 5, 6]


def test_an_entry_without_a_file_is_paid_for_and_does_not_lose_the_other_pictures(painter: ScriptedBedrock) -> None:
    book = ledger()
    painter.paints({"images": [b64(b"a"), None, "?", b64(b"d")]})
    pictures = generate(image_request(TITAN, number_of_images=4), book, 0.0, list[Picture]().append)
    assert isinstance(pictures, list)
    assert [(picture.candidate, picture.body) for picture in pictures] == [(1, b"a"), (4, b"d")]
    assert book.spent_usd == pytest.approx(0.04)


def test_a_refused_picture_that_came_is_kept_and_counted_but_is_no_result(painter: ScriptedBedrock) -> None:
    book, kept = ledger(), list[Picture]()
    painter.paints({**FILTERED, "images": [b64(b"a")]})
    assert generate(image_request(CORE), book, 0.0, kept.append) == Blocked("output", "Filter reason: output image")
    assert kept == [Picture(1, b"a", 7, is_blocked=True)]
    assert book.spent_usd == pytest.approx(0.04)
