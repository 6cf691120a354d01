"""The hash of a request's content: by it, a run that is started again is recognized."""

from typing import Any

import pytest

from lambdas.core.request.content import content_sha256
from tests.support.factories.core import CORE, TITAN, request

MODELS = {
    "image_model_id": CORE,
    "validate_model_id": "us.anthropic.claude-haiku-5-5",
    "revise_model_id": "us.anthropic.claude-sonnet-5-5",
}


def test_a_request_has_the_hash_that_earlier_versions_gave_it_so_that_it_resumes_their_runs() -> None:
    # Computed before `titan_img_quality` existed. A later field belongs in `_ADDED_LATER`.
    assert content_sha256(request(**MODELS)) == "8d75e55b24b94a1e851c4dffb42e2456d558db164a4bfbb0acecb14044dbf002"


@pytest.mark.parametrize(
    ("fields", "is_same"),
    [
        ({"max_retry_attempts": 9, "max_prompt_revisions": 0, "max_cost_usd": 1, "run_id": "mine"}, True),
        ({"titan_img_quality": "standard"}, False),
        ({"titan_img_seed": 7}, False),
        ({"image_model_id": TITAN}, False),
    ],
)
def test_limits_are_not_content_and_everything_else_is(fields: dict[str, Any], is_same: bool) -> None:
    assert (content_sha256(request(**fields)) == content_sha256(request())) is is_same
