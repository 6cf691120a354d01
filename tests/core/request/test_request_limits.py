"""Limits of the chosen models and of S3, held before anything is paid."""

import pytest

from lambdas.core.catalogue.models import claude_model, claude_model_ids
from lambdas.core.runtime.errors import InvalidRequestError
from tests.support.factories.core import request


@pytest.mark.parametrize("role", ["validate", "revise"])
@pytest.mark.parametrize("model_id", [name for name in claude_model_ids() if name.startswith("us.")])
def test_no_claude_is_asked_for_more_tokens_than_it_writes(role: str, model_id: str) -> None:
    # Bedrock would refuse the call, after the picture has been paid for.
    most = claude_model(model_id, "f").max_output_tokens
    field, given = f"claude_{role}_max_tokens", {f"{role}_model_id": model_id}
    assert request(**given, **{field: most}).sampling(role) == {"max_tokens": most}
    with pytest.raises(InvalidRequestError, match=f"^{field}: {most + 1} is out of range; .*to {most}$"):
        request(**given, **{field: most + 1})


@pytest.mark.parametrize(
    ("prefix", "fits"), [("p" * 300, True), ("月" * 300, True), ("🧊" * 225, True), ("🧊" * 226, False)]
)
def test_a_prefix_leaves_room_in_the_key_for_the_run_and_its_records(prefix: str, fits: bool) -> None:
    # AWS: 1,024 bytes a key; the longest below a prefix is a run id of 80 characters and a record's name.
    if fits:
        asked = request(output_s3_key_prefix=prefix)
        assert len(f"{asked.output_s3_key_prefix}/{'r' * 80}/ledger/r129-a130-verdict.json".encode()) <= 1_024
        return
    with pytest.raises(InvalidRequestError, match="^output_s3_key_prefix: has 904 bytes in UTF-8; give at most 900$"):
        request(output_s3_key_prefix=prefix)
