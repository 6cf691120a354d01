"""A refused request names every fault at once, one a line."""

from typing import Any

import pytest

from lambdas.core.admission.admit import admit_request
from lambdas.core.request.faults import MAX_NAMED
from lambdas.core.request.request import parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from tests.support.factories.core import ANY_MODEL, TITAN

WORST = {
    "prompt": " ",
    "zzz": 1,
    "titan_img_sed": 7,
    "max_retry_attempts": 0,
    "max_prompt_revisions": "3",
    "titan_img_seed": -1,
    "claude_validate_top_p": 2,
    "requirements": ["a house", 3, {"text": "", "kind": "size", "must": 1}],
    "brand_rules": [{"id": "ü", "txt": "a"}],
    "trigger": {"schedule": "a b", "time": "now", "zone": 1},
    "batch": {},
    "output_s3_bucket_name": "My_Bucket",
    "output_s3_key_prefix": "a//b",
    "run_id": "a b",
    "image_model_id": "dall-e",
    "revise_model_id": 3,
}


def faults_of(event: Any, admit: bool = False) -> list[str]:
    """Return the lines of the refusal."""
    with pytest.raises(InvalidRequestError) as refused:
        admit_request(event, ANY_MODEL, "run-1") if admit else parse_request(event, ANY_MODEL, "run-1")
    assert refused.value.on_one_line == "; ".join(refused.value.faults)
    return refused.value.faults


def test_every_fault_has_a_line_that_begins_with_its_field() -> None:
    assert sorted(line.partition(": ")[0] for line in faults_of(WORST)) == sorted(
        (
            *(name for name in WORST if name not in ("requirements", "brand_rules", "trigger")),
            *("requirements[1]", "requirements[2].text", "requirements[2].kind", "requirements[2].must"),
            *("brand_rules[0].id", "brand_rules[0].txt", "trigger.schedule", "trigger.time", "trigger.zone"),
        )
    )


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ({"promt": "a sea"}, ["promt"]),
        ({"titan_img_seed": -1}, ["prompt", "titan_img_seed"]),
        # Checks of several fields, each at fault by itself.
        (
            {"prompt": "a", "max_retry_attempts": 100, "image_model_id": TITAN, "titan_img_width": 1000},
            ["max_retry_attempts", "titan_img_width"],
        ),
        # A check is skipped where one of its fields is at fault.
        ({"prompt": "a", "max_retry_attempts": 100, "max_prompt_revisions": -1}, ["max_prompt_revisions"]),
        ({"prompt": "a", "image_model_id": "dall-e", "titan_img_seed": 4_000_000_000}, ["image_model_id"]),
        ({"prompt": "a", "requirements": [3], "brand_rules": ["a cat", "no cats"]}, ["requirements[0]", "brand_rules[1]"]),
        ({"prompt": "a", "run_id": "a b", "trigger": {"schedule": "!", "time": "!"}},
         ["run_id", "trigger.schedule", "trigger.time"]),
    ],
)  # fmt: skip
def test_a_fault_is_named_once_and_no_fault_follows_from_another(event: dict[str, Any], fields: list[str]) -> None:
    assert sorted(line.partition(": ")[0] for line in faults_of(event)) == sorted(fields)


def test_the_list_of_fields_is_shown_once() -> None:
    first, second, third = faults_of({"prompt": "a", "zzz": 1, "yyy": 2, "promptt": 3})
    assert first.startswith("zzz: there is no such field; the fields are prompt, ")
    assert second == "yyy: there is no such field"
    assert third == "promptt: there is no such field; did you mean prompt?"


def test_of_thousands_of_faults_the_first_are_named_and_the_others_counted() -> None:
    faults = faults_of({"prompt": "a", **{f"field-{number}": 1 for number in range(5_000)}})
    assert len(faults) == MAX_NAMED + 1
    assert faults[-1] == f"4,950 more faults, after the first {MAX_NAMED}"


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ({"prompt": "夜の海", "max_prompt_revisions": 0, "max_cost_usd": 0.001}, ["prompt", "max_cost_usd"]),
        (
            {"prompt": "夜の海", "max_prompt_revisions": 0, "max_cost_usd": 0.001, "zzz": 1},
            ["zzz", "prompt", "max_cost_usd"],
        ),
        ({"prompt": "夜の海", "max_prompt_revisions": 0, "negative_prompt": ""}, ["negative_prompt"]),
        ({"prompt": "夜の海", "max_prompt_revisions": -1}, ["max_prompt_revisions"]),
        ({"prompt": "a sea", "max_cost_usd": 0.001, "titan_img_number_of_images": 6}, ["titan_img_number_of_images"]),
    ],
)
def test_admission_adds_the_faults_in_the_ceiling_and_the_language(event: dict[str, Any], fields: list[str]) -> None:
    assert [line.partition(": ")[0] for line in faults_of(event, admit=True)] == fields
