"""What a batch's counter holds: what was paid and what must follow, once each; and that nothing is begun or paid twice."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from lambdas.core.batch.claim import claim_batch
from lambdas.core.batch.folder import batch_folder
from lambdas.core.money.budget import Budget, read_spent_usd
from lambdas.core.money.ledger import CeilingReachedError, Ledger, PaidCall
from lambdas.core.runtime import clients
from lambdas.core.storage.run_folder import RunFolder
from lambdas.core.storage.table import read_entry
from retake.emulator.batch_table import create_batch_table
from retake.emulator.cloud import LocalCloud
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from tests.support.harnesses.batch import PROMPT, batches
from tests.support.harnesses.local_cloud import BUCKET

BATCH_KEY = "posters-12345678#1"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:batch:one"
PICTURE_USD = 0.04
VERDICT_USD = 0.02
WRONG = {"on": "image", "fault": "paint_wrong"}


@pytest.fixture
def whole_requests(tmp_path: Path) -> Iterator[None]:
    """S3 and DynamoDB for the functions' own code, with every request made in full."""
    with LocalCloud(tmp_path, bedrock_url="http://127.0.0.1:9", shortcuts=False):
        create_batch_table()
        yield


def ledger(run_id: str, step: str, batch_ceiling_usd: float) -> Ledger:
    """The ledger of one step of an item whose own ceiling is never reached."""
    folder = RunFolder(BUCKET, "generated-images", run_id)
    return Ledger.open(folder, step, 0.0, 9.0, Budget(BATCH_KEY, run_id, batch_ceiling_usd))


def call(reserved_usd: float) -> PaidCall:
    return PaidCall("image", "attempt", "some-model", reserved_usd)


def held(run_id: str) -> tuple[dict[str, float], float]:
    """What the run's own entry says: by step, and for the step that must follow."""
    entry = read_entry(f"{BATCH_KEY}/{run_id}")
    return {step: float(usd["N"]) for step, usd in entry["steps"]["M"].items()}, float(entry["ahead_usd"]["N"])


def test_what_a_settled_call_did_not_need_is_there_for_another_item(whole_requests: None) -> None:
    first, second = ledger("a", "image", 0.05), ledger("b", "image", 0.05)
    cheap = call(PICTURE_USD)
    first.reserve([cheap])
    with pytest.raises(CeilingReachedError, match="the batch's"):
        second.reserve([call(PICTURE_USD)])
    cheap.cost_usd = 0.01
    first.write()
    second.reserve([call(PICTURE_USD)])

    assert read_spent_usd(BATCH_KEY) == 0.05
    assert (held("a"), held("b")) == (({"image": 0.01}, 0.0), ({"image": 0.04}, 0.0))


def test_what_was_paid_beyond_the_reservation_counts_even_above_the_ceiling(whole_requests: None) -> None:
    first, more_than_asked = ledger("a", "image", 0.05), call(PICTURE_USD)
    first.reserve([more_than_asked])
    more_than_asked.cost_usd = 3 * PICTURE_USD
    first.write()

    assert read_spent_usd(BATCH_KEY) == pytest.approx(0.12)
    with pytest.raises(CeilingReachedError, match="the batch's"):
        ledger("b", "image", 0.05).reserve([call(0.001)])


def test_a_picture_holds_its_verdict_too_until_that_one_holds_it_itself(whole_requests: None) -> None:
    picture, picture_call = ledger("a", "image", 0.1), call(PICTURE_USD)
    picture.reserve([picture_call], followed_by_usd=VERDICT_USD)
    reserved = read_spent_usd(BATCH_KEY), held("a")
    with pytest.raises(CeilingReachedError, match="the batch's"):
        ledger("b", "image", 0.1).reserve([call(PICTURE_USD)], followed_by_usd=VERDICT_USD)
    picture_call.cost_usd = PICTURE_USD
    picture.write()
    settled = read_spent_usd(BATCH_KEY), held("a")
    ledger("a", "verdict", 0.1).reserve([call(VERDICT_USD)])

    assert reserved == settled == (0.06, ({"image": 0.04}, 0.02))
    assert (read_spent_usd(BATCH_KEY), held("a")) == (0.06, ({"image": 0.04, "verdict": 0.02}, 0.0))
    assert read_entry(f"{BATCH_KEY}/b") == {}


def test_what_was_held_for_a_step_that_will_not_come_is_given_back(whole_requests: None) -> None:
    budget = Budget(BATCH_KEY, "a", 0.1)
    assert budget.hold("image", PICTURE_USD, ahead_usd=VERDICT_USD)
    budget.release_ahead()
    budget.release_ahead()

    assert (read_spent_usd(BATCH_KEY), held("a")) == (0.04, ({"image": 0.04}, 0.0))


@pytest.mark.parametrize(
    ("item", "status"),
    [
        ({"prompt": PROMPT}, "ACCEPTED"),
        # Its picture was reserved with a verdict that never came.
        ({"prompt": "forbidden", "max_prompt_revisions": 0}, "BLOCKED"),
    ],
)
def test_when_an_item_has_ended_then_the_counter_is_what_it_paid(
    item: dict[str, Any], status: str, tmp_path: Path
) -> None:
    with batches(tmp_path) as here:
        summary = here.run("batches/x.jsonl", [{"id": "a", **item}]).summary
        counted_usd = read_spent_usd(f"{summary['batch_id']}#1")

    assert summary["by_status"] == {status: 1}
    assert counted_usd == pytest.approx(summary["cost"]["total_usd"], abs=1e-6)


def test_when_the_ceiling_leaves_room_for_a_picture_but_no_verdict_then_it_is_not_made(tmp_path: Path) -> None:
    lines = [{"id": "a", "prompt": PROMPT, "max_retry_attempts": 6, "max_prompt_revisions": 0}]
    with batches(tmp_path, faults=(WRONG,)) as here:
        roomy = here.run("batches/roomy.jsonl", lines, {"batch_max_cost_usd": 0.2})
        # Beyond what these attempts cost there is a picture's price, and next to nothing for a verdict.
        ceiling_usd = roomy.summary["cost"]["total_usd"] + PICTURE_USD + 1e-5
        tight = here.run("batches/tight.jsonl", lines, {"batch_max_cost_usd": ceiling_usd})

    assert tight.summary["by_status"] == {"BUDGET_EXCEEDED": 1}
    assert tight.paid("image") == tight.paid("verdict") == tight.summary["attempts"] > 1


@pytest.mark.parametrize("later", [False, True], ids=["first write", "later write"])
@pytest.mark.parametrize(
    ("step", "steps"),
    [("image", {"image": 0.04}), ("prompt", {"image": 0.04, "prompt": 0.04})],
    ids=["the same step", "another step"],
)
def test_two_writers_of_one_item_at_once_hold_each_step_once(
    step: str, steps: dict[str, float], later: bool, whole_requests: None
) -> None:
    """As when a function is invoked again while the one before it still runs."""
    budget = Budget(BATCH_KEY, "a", 1.0)
    if later:
        assert budget.hold("requirements", 0.01)
    with once_after_reading(lambda: budget.hold(step, PICTURE_USD)) as came_between:
        assert budget.hold("image", PICTURE_USD)

    expected = steps | ({"requirements": 0.01} if later else {})
    assert came_between == [True]
    assert held("a") == (expected, 0.0)
    assert Decimal(str(read_spent_usd(BATCH_KEY))) == sum(Decimal(str(usd)) for usd in expected.values())


@contextmanager
def once_after_reading(act: Callable[[], bool]) -> Iterator[list[bool]]:
    """Another writer, whose whole work falls between the first one's reading and its writing; what it answered."""
    answers: list[bool] = []
    begun: list[bool] = []

    def between(**_: Any) -> None:
        if not begun:
            begun.append(True)
            answers.append(act())

    events = clients.dynamodb().meta.events
    events.register("after-call.dynamodb.GetItem", between)
    try:
        yield answers
    finally:
        events.unregister("after-call.dynamodb.GetItem", between)


def test_a_claim_that_meets_another_write_of_its_key_is_made_again(whole_requests: None) -> None:
    asked: list[str] = []

    def conflict(request: Any, **_: Any) -> Any:
        asked.append(request.url)
        if len(asked) > 2:
            return None
        body = b"<Error><Code>ConditionalRequestConflict</Code><Message>at the same time</Message></Error>"
        return AWSResponse(request.url, 409, HTTPHeaders(), _Raw(body))

    clients.s3().meta.events.register_first("before-send.s3.PutObject", conflict)
    folder = batch_folder("posters-12345678")

    assert claim_batch(folder, EXECUTION)
    assert len(asked) == 3
    assert len(set(asked)) == 1
    assert folder.names("claims/") == ["claims/run-1.json"]
    assert folder.require_json("claims/run-1.json")["execution"] == EXECUTION


class _Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def test_a_rerun_of_all_that_broke_off_is_gone_on_with_and_pays_for_nothing_again(tmp_path: Path) -> None:
    breaks = [False, True, False]

    def handler_of(name: str) -> Handler:
        def broken(event: Any, context: Any) -> Any:
            if breaks.pop(0):
                raise BrokenError("on purpose")
            return shipped_handler(name)(event, context)

        return broken if name == "conclude_batch" else shipped_handler(name)

    with batches(tmp_path, handler_of=handler_of) as here:
        first = here.run("batches/x.jsonl", [{"id": "a", "prompt": PROMPT}], {"rerun": "all"})
        broken_off = here.cloud.wait(here.start("batches/x.jsonl"), timeout_s=60)
        paid = here.bedrock.calls.count_paid("image")
        gone_on = here.run("batches/x.jsonl")

    assert (first.summary["generation"], first.paid()) == (1, 1)
    # All of it anew, because the first one has its summary.
    assert (broken_off.error, paid) == ("BrokenError", 2)
    assert (gone_on.summary["generation"], gone_on.calls) == (2, [])
    assert gone_on.summary["status"] == "ACCEPTED"


class BrokenError(Exception):
    """An unexpected error that ends the function."""
