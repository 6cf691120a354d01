"""Seeds are in range, repeatable, and different for each attempt and candidate."""

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
def test_a_seed_is_never_zero_and_never_above_the_limit_of_the_model(
    run: str, revision: int, attempt: int, given_seed: int, max_seed: int
) -> None:
    seed = attempt_seed(run, revision, attempt, min(given_seed, max_seed), max_seed)
    assert 1 <= seed <= max_seed
    assert all(1 <= candidate_seed(seed, candidate, max_seed) <= max_seed for candidate in range(1, 6))


def test_a_given_seed_is_used_for_attempt_1_of_each_wording_and_incremented_for_each_further_attempt() -> None:
    assert [attempt_seed("a", revision, attempt, 7, MAX) for revision in (0, 1) for attempt in (1, 2, 3)] == [
        7,
        8,
        9,
    ] * 2


def test_a_given_seed_at_the_end_of_the_range_continues_at_1() -> None:
    assert [attempt_seed("a", 0, attempt, MAX, MAX) for attempt in (1, 2, 3)] == [MAX, 1, 2]


def test_derived_seeds_are_repeatable_and_different_for_each_run_revision_and_attempt() -> None:
    seeds = [attempt_seed(*place, 0, MAX) for place in PLACES]
    assert seeds == [attempt_seed(*place, 0, MAX) for place in PLACES]
    assert len(set(seeds)) == len(PLACES)


def test_derived_seeds_are_the_same_as_in_earlier_releases() -> None:
    # A run that is repeated years later makes the same pictures.
    assert attempt_seed("run-1", 0, 1, 0, MAX) == 3_321_680_423
    assert candidate_seed(1, 2, MAX) == 3_732_790_654


@pytest.mark.parametrize("seed", [1, 2, MAX])
def test_each_candidate_has_its_own_seed_and_the_first_has_that_of_the_attempt(seed: int) -> None:
    seeds = [candidate_seed(seed, candidate, MAX) for candidate in range(1, 6)]
    assert seeds[0] == seed
    assert len(set(seeds)) == 5
