"""The verdict: computed from the checks, and no verdict from checks that are not all there."""

from typing import Any

import pytest

from lambdas.core.models.claude.picture import JudgedPicture
from lambdas.core.models.claude.verdict import Verdict, build_question, judge, worst_usd
from lambdas.core.request.requirement import Requirement
from lambdas.core.runtime.errors import ModelAnswerError
from tests.support.checks.question import fenced_data
from tests.support.factories.core import CORE, TITAN, ledger, request, requirements
from tests.support.fakes.bedrock import ScriptedBedrock, tool_use

PICTURE = JudgedPicture(b"png", "png", 64, 64)


def check(name: str, met: Any, candidate: Any = 1, observed: Any = "seen", certain: Any = True) -> dict[str, Any]:
    return {"id": name, "candidate": candidate, "observed": observed, "met": met, "certain": certain}


def checks(*candidates: str) -> list[dict[str, Any]]:
    """Checks in the order of the requirements, "+" for met, "-" for not and "?" for uncertain, a word for each candidate."""
    return [
        check(f"r{place}", mark == "+", number, certain=mark != "?")
        for number, marks in enumerate(candidates, 1)
        for place, mark in enumerate(marks, 1)
    ]


def judged(claude: ScriptedBedrock, listed: tuple[Requirement, ...], pictures: int, *answers: Any) -> Verdict:
    for answer in answers:
        claude.says(
            tool_use("record_verdict", answer if isinstance(answer, dict) else {"checks": answer, "reason": "so"})
        )
    return judge(request(), listed, (PICTURE,) * pictures, ledger())


@pytest.mark.parametrize(
    ("musts", "nice", "marks", "record"),
    [
        (
            2,
            0,
            ["++"],
            {"result": "YES", "score": 1.0, "candidate": 1, "failed": [], "uncertain": [], "rank": [2, 0, 0]},
        ),
        (
            2,
            0,
            ["+-"],
            {"result": "NO", "score": 0.5, "candidate": 1, "failed": ["r2"], "uncertain": [], "rank": [1, 0, 0]},
        ),
        (
            3,
            0,
            ["---"],
            {
                "result": "NO",
                "score": 0.0,
                "candidate": 1,
                "failed": ["r1", "r2", "r3"],
                "uncertain": [],
                "rank": [0, 0, 0],
            },
        ),
        # What is only nice to have counts in the score, and never turns a picture down.
        (
            2,
            1,
            ["++-"],
            {"result": "YES", "score": 0.6667, "candidate": 1, "failed": [], "uncertain": [], "rank": [2, 0, 0]},
        ),
        (
            0,
            2,
            ["--"],
            {"result": "YES", "score": 0.0, "candidate": 1, "failed": [], "uncertain": [], "rank": [0, 0, 0]},
        ),
        # A must-have outweighs any number of things that are nice to have.
        (
            1,
            3,
            ["-+++", "+---"],
            {"result": "YES", "score": 0.25, "candidate": 2, "failed": [], "uncertain": [], "rank": [1, 0, 0]},
        ),
        (
            1,
            2,
            ["+--", "++-", "+-+"],
            {"result": "YES", "score": 0.6667, "candidate": 2, "failed": [], "uncertain": [], "rank": [1, 0, 1]},
        ),
        # What cannot be decided is not met; it is better than what is missing, and worse than what is met.
        (
            2,
            0,
            ["+?"],
            {"result": "NO", "score": 0.5, "candidate": 1, "failed": [], "uncertain": ["r2"], "rank": [1, 1, 0]},
        ),
        (
            2,
            0,
            ["+-", "+?"],
            {"result": "NO", "score": 0.5, "candidate": 2, "failed": [], "uncertain": ["r2"], "rank": [1, 1, 0]},
        ),
        (
            2,
            0,
            ["??", "+-"],
            {"result": "NO", "score": 0.5, "candidate": 2, "failed": ["r2"], "uncertain": [], "rank": [1, 0, 0]},
        ),
        (
            1,
            1,
            ["+?"],
            {"result": "YES", "score": 0.5, "candidate": 1, "failed": [], "uncertain": [], "rank": [1, 0, 0]},
        ),
        (
            2,
            0,
            ["--", "-+", "+-"],
            {"result": "NO", "score": 0.5, "candidate": 2, "failed": ["r1"], "uncertain": [], "rank": [1, 0, 0]},
        ),
    ],
)
def test_the_verdict_is_computed_from_the_checks_of_the_best_candidate(
    claude: ScriptedBedrock, musts: int, nice: int, marks: list[str], record: dict[str, Any]
) -> None:
    found = judged(claude, requirements(musts, nice), len(marks), checks(*marks)).to_record()
    assert found.pop("checks") == checks(*marks)
    assert found.pop("reason") == "so"
    assert found == record


def test_the_verdict_does_not_depend_on_the_order_of_the_checks(claude: ScriptedBedrock) -> None:
    listed, given = requirements(2), checks("+-", "++")
    assert judged(claude, listed, 2, given) == judged(claude, listed, 2, given[::-1])


@pytest.mark.parametrize(
    "more",
    [
        [check("r3", False)],
        [check("R1", False)],
        # Not even where it contradicts itself.
        [check("r3", False), check("r3", True)],
        [check("r1", False, candidate=2), check("r1", True, candidate=2)],
        [check("r1", False, candidate=2)],
        [check("r1", False, candidate=0)],
        [check("r1", "no")],
        [check("r1", None)],
        [check("r1", False, observed=None)],
        [check("r1", False, certain="no")],
        [check("r1", False, certain=None)],
        [check("r1", False, candidate="1")],
        [check("r1", False, candidate=True)],
        [check(1, False)],  # type: ignore[arg-type]  # as a model may answer
        ["r1 is not met", None, 3, []],
        checks("++"),
    ],
)
def test_what_is_no_check_of_ours_changes_nothing(claude: ScriptedBedrock, more: list[Any]) -> None:
    assert judged(claude, requirements(2), 1, more + checks("++")).to_record()["result"] == "YES"


def test_a_check_without_certain_is_certain(claude: ScriptedBedrock) -> None:
    answer = [{"id": name, "candidate": 1, "observed": "seen", "met": name == "r1"} for name in ("r1", "r2")]
    found = judged(claude, requirements(2), 1, answer)
    assert (found.failed_musts(1), found.uncertain_musts(1)) == (["r2"], [])


def test_a_check_that_is_met_and_not_certain_is_not_met(claude: ScriptedBedrock) -> None:
    found = judged(claude, requirements(1), 1, [check("r1", True, certain=False)])
    assert (found.result(1), found.checks[0].met, found.uncertain_musts(1)) == ("NO", False, ["r1"])


def test_with_one_candidate_its_number_may_be_left_out(claude: ScriptedBedrock) -> None:
    answer = [{"id": "r1", "observed": "seen", "met": True}]
    assert judged(claude, requirements(1), 1, answer).result(1) == "YES"


@pytest.mark.parametrize(
    ("pictures", "bad", "said"),
    [
        (1, checks("+"), "each of: r2 of candidate 1"),
        (1, [], "each of: r1 of candidate 1, r2 of candidate 1"),
        # A candidate that is left out for one picture, and for all.
        (2, [*checks("++"), check("r1", True, 2)], "each of: r2 of candidate 2"),
        (2, checks("++"), "each of: r1 of candidate 2, r2 of candidate 2"),
        (2, [{"id": "r1", "observed": "", "met": True}, *checks("-+")], "each of: r1 of candidate 2"),
        (
            1,
            [*checks("++"), check("r2", False)],
            "r2 of candidate 1 has two checks that contradict each other; give one",
        ),
        (
            1,
            [*checks("+-"), check("r2", False, certain=False)],
            "r2 of candidate 1 has two checks that contradict each",
        ),
        (1, {"reason": "all is well"}, "`checks` must be a list"),
        (1, {"checks": {"r1": True}, "reason": ""}, "`checks` must be a list"),
    ],
)
def test_checks_that_are_missing_or_contradict_are_asked_for_again_and_then_refused(
    claude: ScriptedBedrock, pictures: int, bad: Any, said: str
) -> None:
    good = checks(*["++"] * pictures)
    assert judged(claude, requirements(2), pictures, bad, good).best == 1
    assert said in str(claude.requests[1]["messages"][-1])
    with pytest.raises(ModelAnswerError, match=said.split(",", maxsplit=1)[0]):
        judged(claude, requirements(2), pictures, bad, bad)


def test_a_missing_reason_is_no_fault(claude: ScriptedBedrock) -> None:
    assert judged(claude, requirements(1), 1, {"checks": checks("+")}).reason == ""


def test_the_question_lists_each_question_before_the_text_and_nothing_else() -> None:
    listed = (Requirement("r1", "two cups", "count", "How many cups?"), Requirement("b", "calm", must=False))
    asked = build_question(request(prompt="two cups"), listed, (PICTURE, PICTURE))
    data = fenced_data(asked.text)
    assert data["candidates"] == 2
    first, second = data["requirements"]
    assert list(first) == ["id", "question", "text"]
    assert first == {"id": "r1", "question": "How many cups?", "text": "two cups"}
    # The judge does not get `must`, because it does not depend on the picture.
    assert set(second) == {"id", "question", "text"} and second["question"]


def test_the_room_for_an_answer_grows_with_requirements_and_pictures() -> None:
    tokens = {
        (few, pictures): build_question(request(), requirements(few), (PICTURE,) * pictures).max_tokens
        for few in (1, 40)
        for pictures in (1, 5)
    }
    # One check is an id and a sentence: 60 tokens at the least.
    assert tokens[40, 5] > 40 * 5 * 60 and tokens[1, 1] < tokens[1, 5] < tokens[40, 1] < tokens[40, 5] < 64_000


def test_the_price_of_a_verdict_before_there_are_pictures_is_never_too_low() -> None:
    for model_id, size in ((CORE, (1_536, 1_536)), (TITAN, (1_408, 640))):
        asked = request(
            image_model_id=model_id, titan_img_width=1_408, titan_img_height=640, titan_img_number_of_images=3
        )
        largest = JudgedPicture(b"", "png", *size)
        assert worst_usd(asked, requirements(9)) >= build_question(asked, requirements(9), (largest,) * 3).worst_usd()
