"""The two judgements about a training set: what looks alike, and how many steps it needs."""

import pytest

from retake.customization.candidate import Candidate
from retake.customization.check import Picture
from retake.customization.limits import recommend_steps
from retake.customization.variety import near_duplicates


def picture(name: str, fingerprint: int) -> Picture:
    """Return a picture with this fingerprint."""
    return Picture(Candidate(name, bytes, name), name, 1, 512, 512, "png", fingerprint)


def test_pictures_are_near_duplicates_up_to_six_of_64_bits() -> None:
    first, six, seven = picture("a", 0), picture("b", 0b111111), picture("c", 0b1111111 << 50)

    assert near_duplicates([first, six, seven]) == [(six, first)]


def test_a_set_larger_than_a_chunk_finds_repetitions_across_chunks() -> None:
    # Multiples of an odd 64-bit number differ in about half of their bits.
    pictures = [picture(str(number), number * 0x9E3779B97F4A7C15 % 2**64) for number in range(1_200)]
    again = picture("again", pictures[3].fingerprint)

    assert (again, pictures[3]) in near_duplicates([*pictures, again])


@pytest.mark.parametrize(
    ("pictures", "steps", "why"),
    [
        (5, 1_000, "AWS's table for 8 pictures, its nearest row; this set has 5"),
        (8, 1_000, "AWS's table for 8 pictures"),
        (20, 2_500, "interpolated"),
        (48, 6_000, "interpolated"),
        (64, 8_000, "AWS's table for 64 pictures"),
        (532, 9_000, "interpolated"),
        (10_000, 12_000, "AWS's table for 10,000 pictures"),
    ],
)
def test_steps_follow_aws_s_table_and_an_interpolation_is_said_to_be_one(pictures: int, steps: int, why: str) -> None:
    found = recommend_steps(pictures)

    assert found.number == steps
    assert found.why.startswith(why)
