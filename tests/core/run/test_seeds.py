"""Seeds: in range, repeatable, and another for every attempt and candidate."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lambdas.core.catalogue.models import image_models
from lambdas.core.run.seeds import attempt_seed, candidate_seed
from tests.support.factories.core import QUICKLY

MAX = 4_294_967_295
PLACES = [(run, revision, attempt) for run in ("a", "b") for revision in range(4) for attempt in range(1, 11)]


@QUICKLY
@given(
    some.text(max_size=20),
    some.integers(0, 130),
    some.integers(1, 130),
    some.integers(0, MAX),
    some.sampled_from(sorted({model.max_seed for model in image_models().values()})),
)
def test_a_seed_is_never_zero_and_never_above_the_models(
    run: str, revision: int, attempt: int, asked: int, most: int
) -> None:
    seed = attempt_seed(run, revision, attempt, min(asked, most), most)
    assert 1 <= seed <= most
    assert all(1 <= candidate_seed(seed, candidate, most) <= most for candidate in range(1, 6))


def test_a_given_seed_serves_attempt_1_of_each_wording_and_the_next_the_next() -> None:
    assert [attempt_seed("a", revision, attempt, 7, MAX) for revision in (0, 1) for attempt in (1, 2, 3)] == [
        7,
        8,
        9,
    ] * 2


def test_a_given_seed_at_the_end_of_the_range_goes_on_from_1() -> None:
    assert [attempt_seed("a", 0, attempt, MAX, MAX) for attempt in (1, 2, 3)] == [MAX, 1, 2]


def test_a_derived_seed_is_the_same_each_time_and_another_for_each_run_revision_and_attempt() -> None:
    seeds = [attempt_seed(*place, 0, MAX) for place in PLACES]
    assert seeds == [attempt_seed(*place, 0, MAX) for place in PLACES]
    assert len(set(seeds)) == len(PLACES)


def test_a_derived_seed_stays_what_it_was_in_earlier_releases() -> None:
    # A run that is repeated years later paints the same pictures.
    assert attempt_seed("run-1", 0, 1, 0, MAX) == 3_321_680_423
    assert candidate_seed(1, 2, MAX) == 3_732_790_654


@pytest.mark.parametrize("seed", [1, 2, MAX])
def test_candidates_have_seeds_of_their_own_and_the_first_has_the_attempts(seed: int) -> None:
    seeds = [candidate_seed(seed, candidate, MAX) for candidate in range(1, 6)]
    assert seeds[0] == seed
    assert len(set(seeds)) == 5
