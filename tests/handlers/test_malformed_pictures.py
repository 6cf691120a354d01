"""Every fault of an answer of an image model: what is a picture is kept and judged, and every call is counted once."""

from typing import Any

import pytest

from lambdas.core.money.ledger import Bill
from lambdas.core.run.history import read_history
from lambdas.validate import handler as validate
from standin.faults import BODY_FAULTS, PICTURE_FAULTS
from tests.support.factories.sample_run import night_picture
from tests.support.fakes.lambda_context import LambdaContext
from tests.support.fakes.memory_folder import MemoryFolder
from tests.support.harnesses.handler_bench import TRIES, Bench

NOT_A_FILE = {"image_null", "image_number", "image_bad_base64", "image_zero_bytes", "no_image", "images_number"}
NOT_A_PICTURE = {"image_text", "image_cut", "image_bomb", "image_long_text"}
PICTURES_ANYWAY = {"unknown_reason", "extra_images"}
IMAGE_USD = 0.04


def test_every_fault_of_a_picture_has_its_place_in_the_matrix() -> None:
    assert NOT_A_FILE | NOT_A_PICTURE | PICTURES_ANYWAY == PICTURE_FAULTS


@pytest.mark.parametrize("fault", sorted(BODY_FAULTS | NOT_A_FILE))
@pytest.mark.parametrize("times", [1, 2, None])
@pytest.mark.parametrize("model_id", ["stability.stable-image-core-v1:1", "amazon.titan-image-generator-v2:0"])
def test_an_answer_of_an_image_model_without_a_picture_is_named_retried_and_counted(
    bench: Any, fault: str, times: int | None, model_id: str
) -> None:
    rule = {"on": "image", "fault": fault} | ({"times": times} if times else {})
    ran: Bench = bench(rule, image_model_id=model_id)
    answer = ran.retried(Bench.generate)

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
    made, judged = ran.retried(Bench.generate), ran.retried(Bench.validate)

    assert (made["outcome"], judged["outcome"], ran.errors) == ("PICTURES", "UNREADABLE", [])
    record = ran.folder.require_json("r00/a01/attempt.json")
    (kept,) = record["not_judged"]
    assert (record["outcome"], record["images"], kept["reason"]) == ("UNREADABLE", [], record["reason"])
    assert len(ran.folder.files[kept["name"]]) == kept["size_bytes"] > 0
    assert ran.bedrock.calls.count_paid("verdict") == 0
    # What the machine, or a resumed run, does next: the same attempt costs nothing, and the next one is made.
    assert (ran.retried(Bench.generate)["outcome"], ran.retried(Bench.validate)["outcome"]) == (
        "UNREADABLE",
        "UNREADABLE",
    )
    assert ran.bedrock.calls.count_paid("image") == 1
    assert ran.generate(attempt=2)["outcome"] == "PICTURES"

    history = read_history(ran.folder)
    assert history is not None and history.best is not None
    assert [one.outcome for one in history.attempts] == ["UNREADABLE", "PICTURES"]
    assert history.best.attempt == 2
    assert history.bill.image_usd == pytest.approx(2 * IMAGE_USD)


@pytest.mark.parametrize("fault", sorted(BODY_FAULTS | NOT_A_FILE | NOT_A_PICTURE))
def test_a_bad_candidate_does_not_lose_the_other_two(bench: Any, fault: str) -> None:
    ran: Bench = bench({"on": "image", "fault": fault, "times": 1}, titan_img_number_of_images=3)
    made, judged = ran.retried(Bench.generate), ran.retried(Bench.validate)

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
    assert (ran.retried(Bench.generate)["outcome"], ran.errors) == ("PICTURES", [])
    assert ran.retried(Bench.validate)["outcome"] in ("YES", "NO")
    assert ran.bedrock.calls.count_paid("image") == 1
    assert sum(call.counted_usd for call in ran.ledger("r00-a01-image")) == pytest.approx(IMAGE_USD)


def test_pictures_beyond_the_number_asked_for_are_kept_counted_and_not_judged(bench: Any) -> None:
    ran: Bench = bench({"on": "image", "fault": "extra_images"})
    ran.retried(Bench.generate)
    assert ran.retried(Bench.validate)["candidate"] == 1
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
        ran.generate()
    assert killed == [write]
    assert len(ran.folder.names("r00/a01/image-")) == delivered

    assert ran.generate()["images"] == delivered
    assert ran.bedrock.calls.count_paid("image") == 3
    assert sum(call.counted_usd for call in ran.ledger("r00-a01-image")) == pytest.approx(3 * IMAGE_USD)


def test_a_picture_found_broken_by_an_earlier_run_does_not_end_the_next_one(bench: Any) -> None:
    # As a version that checked less has left it: recorded as a picture, and the run ended at it.
    ran: Bench = bench()
    ran.run.attempt(0, 1, [night_picture(1)[:3_000]])
    assert ran.retried(Bench.validate)["outcome"] == "UNREADABLE"
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
