"""Whether the image model can use the user's own wording, and what is refused where it cannot and none may be made."""

import pytest

from lambdas.core.request.usable import check_usability, refuse_unusable
from lambdas.core.runtime.errors import InvalidRequestError
from tests.support.factories.core import TITAN, request


@pytest.mark.parametrize(
    ("prompt", "negative_prompt", "language", "model_id", "fault"),
    [
        ("a sea", None, "en", None, None),
        ("a sea", "cars", "en-GB", None, None),
        ("夜の海", None, "ja", None, "language"),
        ("la mer", None, "fr", None, "language"),
        ("a sea", "車", "en", None, "language"),
        ("x" * 512, "y" * 512, "en", TITAN, None),
        ("x" * 513, None, "en", TITAN, "length"),
        ("x", "y" * 513, "en", TITAN, "length"),
        ("x" * 513, "y" * 513, "en", None, None),
        ("x" * 10_001, None, "en", None, "length"),
        # Too long and foreign: it cannot even be translated as it is.
        ("海" * 513, None, "ja", TITAN, "length"),
    ],
)
def test_a_wording_is_usable_when_the_model_takes_its_length_and_reads_its_language(
    prompt: str, negative_prompt: str | None, language: str, model_id: str | None, fault: str | None
) -> None:
    asked = request(prompt=prompt, negative_prompt=negative_prompt, image_model_id=model_id)
    usability = check_usability(asked, language)
    assert (usability.language, usability.reason) == (language, fault)
    assert usability.must_revise_first == (fault is not None)
    refuse_unusable(asked, usability)


@pytest.mark.parametrize(
    ("prompt", "negative_prompt", "language", "said"),
    [
        ("x" * 513, None, "en", "prompt: is longer than the 512 characters that Titan Image Generator G1 v2 takes"),
        ("x", "y" * 513, "en", "negative_prompt: is longer than the 512 characters"),
        ("夜の海", None, "ja", "prompt: is not in English (ja), which is all that"),
        ("a sea", "車", "en", "negative_prompt: is not in English (und)"),
    ],
)
def test_without_a_revision_it_is_refused_under_its_name_with_the_remedy(
    prompt: str, negative_prompt: str | None, language: str, said: str
) -> None:
    asked = request(prompt=prompt, negative_prompt=negative_prompt, image_model_id=TITAN, max_prompt_revisions=0)
    with pytest.raises(InvalidRequestError) as refused:
        refuse_unusable(asked, check_usability(asked, language))
    assert str(refused.value).startswith(said) and "max_prompt_revisions of at least 1" in str(refused.value)


def test_without_a_revision_a_usable_prompt_is_not_refused() -> None:
    asked = request(max_prompt_revisions=0)
    refuse_unusable(asked, check_usability(asked, "en"))
