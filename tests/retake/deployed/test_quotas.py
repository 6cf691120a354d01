"""A model's quota is found by the name that AWS gives it, and by no other."""

import pytest

from retake.deployed.quotas import Scope, Unit, find_quota

# As listed in docs.aws.amazon.com/general/latest/gr/bedrock.html, in 2026.
NAMES = [
    "On-demand model inference requests per minute for Amazon Titan Image Generator G1",
    "On-demand model inference requests per minute for Amazon Titan Image Generator G1 V2",
    "On-demand model inference requests per minute for Stability.ai Stable Diffusion 3 Large",
    "On-demand model inference requests per minute for Stability.ai Stable Diffusion 3.5 Large",
    "On-demand model inference requests per minute for Stability.ai Stable Image Core",
    "On-demand model inference requests per minute for Stable Image Control Sketch",
    "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1",
    "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1 1M Context Length",
    "Cross-region model inference requests per minute for Anthropic Claude Sonnet 4.5 V1",
    "Global cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1",
    "Model invocation max tokens per day for Anthropic Claude Sonnet 4.5 V1 (doubled for cross-region calls)",
    "Cross-Region InvokeModel tokens per minute for Anthropic Claude Haiku 5.5",
    "InvokeModel requests per minute for Anthropic Claude Haiku 5.5",
]


@pytest.mark.parametrize(
    ("model", "scope", "unit", "place"),
    [
        ("Titan Image Generator G1", "on-demand", "requests", 0),
        ("Titan Image Generator G1 v2", "on-demand", "requests", 1),
        ("Stable Diffusion 3.5 Large", "on-demand", "requests", 3),
        ("Stable Image Core 1.0", "on-demand", "requests", 4),
        ("Claude Sonnet 4.5", "cross-region", "tokens", 6),
        ("Claude Sonnet 4.5", "cross-region", "requests", 8),
        ("Claude Sonnet 4.5", "global cross-region", "tokens", 9),
        ("Claude Haiku 5.5", "cross-region", "tokens", 11),
        ("Claude Haiku 5.5", "global cross-region", "requests", 12),
        ("Claude Haiku 5.5", "global cross-region", "tokens", None),
        ("Claude Haiku 5", "cross-region", "tokens", None),
        ("Stable Image Core", "cross-region", "requests", None),
    ],
)
def test_quota_when_names_are_alike_then_only_the_models_own_is_found(
    model: str, scope: Scope, unit: Unit, place: int | None
) -> None:
    found = find_quota(
        [{"QuotaName": name, "Value": number} for number, name in enumerate(NAMES)], [], model, scope, unit
    )

    assert (found and found.per_minute) == place


def test_quota_when_the_account_has_none_then_the_default_counts_as_one() -> None:
    listed = [{"QuotaName": NAMES[4], "Value": 90.0}]

    found = find_quota([], listed, "Stable Image Core 1.0", "on-demand", "requests")

    assert found is not None
    assert (found.per_minute, found.is_default) == (90.0, True)
    own = find_quota([{**listed[0], "Value": 7.0}], listed, "Stable Image Core 1.0", "on-demand", "requests")
    assert own is not None
    assert (own.per_minute, own.is_default) == (7.0, False)
