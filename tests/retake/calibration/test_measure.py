"""The statistics, compared with published figures."""

import pytest

from retake.calibration.measure import Comparison, Measure, Share, measure_by_kind


# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3: the score interval.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    share = Share.of(part, whole)
    assert share is not None
    assert (share.value, round(share.low, 4), round(share.high, 4)) == (part / whole, low, high)


def test_ten_of_ten_has_a_wide_interval_and_none_of_none_has_no_share() -> None:
    share = Share.of(10, 10)
    assert share is not None
    assert (round(share.low, 4), round(share.high, 4)) == (0.7225, 1.0)
    assert Share.of(0, 0) is None


def comparisons(kind: str, judge: bool, label: bool, times: int) -> list[Comparison]:
    return [Comparison("a.png", "r1", kind, "a cup", "a cup", judge, label)] * times


def test_positive_is_met() -> None:
    cases = [
        *comparisons("count", judge=True, label=True, times=6),
        *comparisons("count", judge=True, label=False, times=2),
        *comparisons("count", judge=False, label=True, times=4),
        *comparisons("count", judge=False, label=False, times=8),
    ]
    record = Measure.of(cases).to_record()
    assert [record[name]["value"] for name in ("precision", "recall", "agreement")] == [0.75, 0.6, 0.7]
    assert (record["checks"], record["labelled_met"]) == (20, 10)
    assert (record["false_positives"], record["false_negatives"]) == (2, 4)


def test_each_kind_has_its_own_measure_and_no_precision_if_the_judge_calls_nothing_met() -> None:
    cases = [
        *comparisons("style", judge=False, label=True, times=3),
        *comparisons("object", judge=True, label=True, times=1),
    ]
    measures = measure_by_kind(cases)
    assert list(measures) == ["object", "style"]
    assert measures["style"].precision is None
    assert measures["style"].to_record()["precision"] is None
    assert measures["object"].checks == 1


def test_cannot_tell_is_right_if_a_person_cannot_tell_either() -> None:
    judge_and_person = [(False, False), (False, False), (False, True), (True, False), (True, True)]
    cases = [
        Comparison("a.png", "r1", "other", "it is tasty", "a soup", False, False, judge, person)
        for judge, person in judge_and_person
    ]
    record = Measure.of(cases).to_record()
    assert (record["uncertain"], record["cannot_tell"]["value"]) == (3, 0.6667)
    assert Measure.of(cases[3:]).to_record()["cannot_tell"] is None
