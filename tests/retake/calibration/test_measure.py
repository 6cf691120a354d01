"""The statistics, against figures that others have published."""

import pytest

from retake.calibration.measure import Compared, Measure, Share, by_kind


# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3: the score interval.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    share = Share.of(part, whole)
    assert share is not None
    assert (share.value, round(share.low, 4), round(share.high, 4)) == (part / whole, low, high)


def test_all_of_a_few_is_not_certain_and_nothing_has_no_share() -> None:
    share = Share.of(10, 10)
    assert share is not None
    assert (round(share.low, 4), round(share.high, 4)) == (0.7225, 1.0)
    assert Share.of(0, 0) is None


def compared(kind: str, judge: bool, label: bool, times: int) -> list[Compared]:
    return [Compared("a.png", "r1", kind, "a cup", "a cup", judge, label)] * times


def test_positive_is_met() -> None:
    cases = [
        *compared("count", judge=True, label=True, times=6),
        *compared("count", judge=True, label=False, times=2),
        *compared("count", judge=False, label=True, times=4),
        *compared("count", judge=False, label=False, times=8),
    ]
    record = Measure.of(cases).to_record()
    assert [record[name]["value"] for name in ("precision", "recall", "agreement")] == [0.75, 0.6, 0.7]
    assert (record["checks"], record["labelled_met"]) == (20, 10)
    assert (record["false_positives"], record["false_negatives"]) == (2, 4)


def test_kinds_are_measured_apart_and_nothing_called_met_has_no_precision() -> None:
    cases = [*compared("style", judge=False, label=True, times=3), *compared("object", judge=True, label=True, times=1)]
    measures = by_kind(cases)
    assert list(measures) == ["object", "style"]
    assert measures["style"].precision is None
    assert measures["style"].to_record()["precision"] is None
    assert measures["object"].checks == 1
