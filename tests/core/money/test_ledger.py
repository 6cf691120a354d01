"""The ledger: never a cent over the ceiling, whatever is reserved, answered or lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lambdas.core.money.ledger import Bill, CeilingReachedError, Ledger, PaidCall
from tests.support.factories.core import QUICKLY, folder, ledger, recorded_calls, request


def call(reserved_usd: float, cost_usd: float | None = None) -> PaidCall:
    return PaidCall("image", "attempt", "some-model", reserved_usd, cost_usd)


def test_what_fits_the_ceiling_to_the_cent_is_allowed() -> None:
    # 0.1 + 0.2 is more than 0.3 in binary.
    book = ledger(ceiling_usd=0.3, spent_usd=0.1)
    book.reserve([call(0.1), call(0.1)])
    assert book.spent_usd == 0.3


@pytest.mark.parametrize(("reserved", "followed_by"), [([0.2001], 0.0), ([0.1, 0.1001], 0.0), ([0.1], 0.1001)])
def test_what_could_pass_the_ceiling_is_refused_whole_and_not_written(
    reserved: list[float], followed_by: float
) -> None:
    book = ledger(ceiling_usd=0.3, spent_usd=0.1)
    with pytest.raises(CeilingReachedError, match=r"\$0.1000 spent; the next step could pass \$0.3000"):
        book.reserve([call(usd) for usd in reserved], followed_by_usd=followed_by)
    assert book.spent_usd == 0.1 and recorded_calls(book) == []


def test_what_was_settled_for_less_leaves_room_and_what_was_not_does_not() -> None:
    book = ledger(ceiling_usd=0.3)
    cheap, lost = call(0.2), call(0.1)
    book.reserve([cheap])
    cheap.cost_usd = 0.15
    book.reserve([lost])
    with pytest.raises(CeilingReachedError):
        book.reserve([call(0.06)])
    lost.cost_usd = 0.0
    book.reserve([call(0.06)])
    assert book.spent_usd == 0.21


def test_a_step_that_is_invoked_again_finds_its_calls_and_counts_the_lost_ones() -> None:
    book = ledger(ceiling_usd=0.3)
    settled = call(0.1)
    book.reserve([settled, call(0.1)])
    settled.cost_usd = 0.04
    book.write()
    again = Ledger.open(book.folder, book.step, spent_before_usd=0.05, ceiling_usd=0.3)
    assert again.spent_usd == 0.19
    with pytest.raises(CeilingReachedError):
        again.reserve([call(0.12)])


def test_steps_do_not_see_each_others_calls() -> None:
    place = folder()
    Ledger.open(place, "r00-a01-image", 0.0, 1.0).reserve([call(0.1)])
    assert Ledger.open(place, "r00-a01-verdict", 0.0, 1.0).calls == []
    assert place.names("ledger/") == ["ledger/r00-a01-image.json"]


@pytest.mark.parametrize(("resumed", "before_usd"), [(False, 0.05), (True, 0.3)])
def test_a_resumed_run_counts_what_an_earlier_execution_paid_further_on(resumed: bool, before_usd: float) -> None:
    place = folder()
    for step in ("requirements", "r00-a01-image", "r01-a01-image"):
        Ledger.open(place, step, 0.0, 9.0).reserve([call(0.15)])
    again = Ledger.of_step(place, "r00-a01-image", request(), spent_usd=0.05, is_resumed=resumed)
    assert again.spent_before_usd == before_usd
    # What an earlier invocation of the same step paid is counted once.
    assert (again.step_usd, again.spent_usd) == (0.15, round(before_usd + 0.15, 8))


CENTS = some.integers(0, 300).map(lambda cents: cents / 100)


@QUICKLY
@given(
    CENTS,
    some.lists(
        some.tuples(some.lists(CENTS, min_size=1, max_size=3), CENTS, some.floats(0, 1) | some.none(), some.booleans())
    ),
)
def test_whatever_happens_the_ceiling_holds(
    ceiling_usd: float, steps: list[tuple[list[float], float, float | None, bool]]
) -> None:
    """Each step reserves, is answered for a share of it (or never), and may be killed and opened again."""
    book = ledger(ceiling_usd=ceiling_usd)
    for reserved, followed_by, share, killed in steps:
        calls = [call(usd) for usd in reserved]
        before = book.spent_usd
        try:
            book.reserve(calls, followed_by)
        except CeilingReachedError:
            assert before + sum(reserved) + followed_by > ceiling_usd
            continue
        assert book.spent_usd + followed_by <= ceiling_usd + 1e-6
        for one in calls:
            one.cost_usd = None if share is None else one.reserved_usd * share
        if killed:
            book = Ledger.open(book.folder, book.step, 0.0, ceiling_usd)
            assert book.spent_usd == pytest.approx(before + sum(reserved))
        else:
            book.write()
    assert book.spent_usd <= ceiling_usd + 1e-6


def test_the_bill_counts_by_kind_and_what_was_never_settled_as_reserved() -> None:
    place = folder()
    for step, kind, calls in (
        ("a", "image", [call(0.04, 0.04), call(0.04)]),
        ("b", "claude", [call(0.01, 0.0012345)]),
        ("c", "claude", [call(0.01, 0.0)]),
    ):
        book = Ledger.open(place, step, 0.0, 1.0)
        for one in calls:
            one.kind = kind  # type: ignore[assignment]  # mypy does not follow the literals through the loop
        book.reserve(calls)
    bill = Bill.from_ledgers([place.require_json(name) for name in place.names("ledger/")])
    assert (bill.image_usd, bill.claude_usd, bill.total_usd) == (0.08, 0.001234, 0.081234)
    assert Bill.from_ledgers([]) == Bill()
