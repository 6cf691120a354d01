"""Attacks where a name is wanted: refused in one plain line, or harmless as a name."""

import posixpath
import re
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.core.request.content import content_sha256
from lambdas.core.request.request import Request, parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from tests.support.cases.attacks import ATTACKS, Attack
from tests.support.factories.core import ANY_MODEL, request

EACH = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")

PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "run_id": lambda text: {"run_id": text},
    "output_s3_bucket_name": lambda text: {"output_s3_bucket_name": text},
    "image_model_id": lambda text: {"image_model_id": text},
    "validate_model_id": lambda text: {"validate_model_id": text},
    "revise_model_id": lambda text: {"revise_model_id": text},
    "on_not_accepted": lambda text: {"on_not_accepted": text},
    "revise_policy": lambda text: {"revise_policy": text},
    "max_cost_usd": lambda text: {"max_cost_usd": text},
    "max_retry_attempts": lambda text: {"max_retry_attempts": text},
    "trigger.schedule": lambda text: {"trigger": {"schedule": text, "time": "2026-11-21T06:00:00Z"}},
    "trigger.time": lambda text: {"trigger": {"schedule": "daily", "time": text}},
    "requirements": lambda text: {"requirements": text},
    "requirements[0].id": lambda text: {"requirements": [{"id": text, "text": "a sea"}]},
    "requirements[0].kind": lambda text: {"requirements": [{"kind": text, "text": "a sea"}]},
    "requirements[0].must": lambda text: {"requirements": [{"must": text, "text": "a sea"}]},
    "brand_rules[0].id": lambda text: {"brand_rules": [{"id": text, "text": "a sea"}]},
}


@EACH
def test_a_name_that_is_none_is_refused_in_one_plain_line(attack: Attack) -> None:
    for field, event in PLACES.items():
        try:
            request(**event(attack.text))
        except InvalidRequestError as refusal:
            said = str(refusal)
        else:
            assert _NAME.fullmatch(attack.text), f"{field} took it"
            continue
        assert said.startswith(f"{field}: "), said
        assert said.isprintable() and len(said) < 3_000, said


@EACH
def test_a_field_of_that_name_is_refused_in_one_plain_line(attack: Attack) -> None:
    events: list[dict[str, Any]] = [
        {attack.text: "a"},
        {"requirements": [{"text": "a sea", attack.text: True}]},
        {"trigger": {"schedule": "daily", "time": "2026-11-21T06:00:00Z", attack.text: 1}},
    ]
    for event in events:
        with pytest.raises(InvalidRequestError, match="there is no such field") as refusal:
            parse_request({"prompt": "a sea", **event}, ANY_MODEL, "run-1")
        assert str(refusal.value).isprintable() and len(str(refusal.value)) < 2_000


@EACH
def test_a_text_comes_through_whole_or_is_refused_in_one_plain_line(attack: Attack) -> None:
    for field, max_chars in (
        ("prompt", 50_000),
        ("negative_prompt", 10_000),
        ("requirements", 500),
        ("brand_rules", 500),
    ):
        event: dict[str, Any] = {field: [attack.text] if field in ("requirements", "brand_rules") else attack.text}
        if attack.is_refused or len(attack.text) > max_chars:
            with pytest.raises(InvalidRequestError, match=field) as refusal:
                request(**event)
            assert str(refusal.value).isprintable() and len(str(refusal.value)) < 300
            continue
        made = request(**event)
        assert attack.text in (made.prompt, made.negative_prompt, *(item.text for item in _listed(made)))
        # The record reads back as the same request, and its hash differs from that of another request.
        assert Request.from_record(made.to_record()) == made
        assert content_sha256(made) != content_sha256(request())


@EACH
def test_two_texts_that_clash_are_named_in_one_plain_line(attack: Attack) -> None:
    if attack.is_refused or len(attack.text) > 500:
        return
    with pytest.raises(InvalidRequestError, match="contradicts") as refusal:
        request(requirements=[attack.text], brand_rules=[f"no {attack.text}"])
    assert str(refusal.value).isprintable() and len(str(refusal.value)) < 1_000


@EACH
def test_a_prefix_is_refused_or_stays_one_folder_in_the_bucket(attack: Attack) -> None:
    try:
        prefix = request(output_s3_key_prefix=attack.text).output_s3_key_prefix
    except InvalidRequestError as refusal:
        assert str(refusal).isprintable() and len(str(refusal)) < 300
        return
    key = f"{prefix}/run-1/result.json"
    assert posixpath.normpath(key) == key and not key.startswith(("/", "../"))
    assert prefix.isprintable() and "\\" not in prefix


@pytest.mark.parametrize("digits", ["٢٠٢٦-11-21T06:00:00Z", "２０２６-11-21T06:00:00Z"])
def test_a_time_in_other_digits_is_none(digits: str) -> None:
    """They would be removed from the run id, which must differ for each delivery."""
    with pytest.raises(InvalidRequestError, match="is not a time"):
        request(trigger={"schedule": "daily", "time": digits})


def _listed(made: Request) -> tuple[Any, ...]:
    return (*(made.requirements or ()), *made.brand_rules)
