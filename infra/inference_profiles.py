"""Where Claude's cross-Region inference profiles may be called from, and to which Regions they send a request."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Geography:
    """The Regions behind one profile prefix.

    A request from one of `other_source_regions` may also stay in that Region, beside going to `regions`.
    """

    regions: tuple[str, ...]
    other_source_regions: tuple[str, ...] = ()


# AWS: Bedrock user guide, "Geo inference details" of the model cards of Claude Haiku 4.5, Haiku 5.5, Sonnet 4.6,
# Sonnet 5.5 and Opus 5.5 (copies of September and October 2026), which agree. The guide says that the destinations of
# a geographic profile never change. `aws bedrock get-inference-profile` shows them for an account.
GEOGRAPHIES = {
    "us": Geography(("us-east-1", "us-east-2", "us-west-2"), ("us-west-1", "ca-central-1", "ca-west-1")),
    "eu": Geography(
        ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
        ("eu-central-2", "eu-west-2"),
    ),
    "au": Geography(("ap-southeast-2", "ap-southeast-4"), ("ap-southeast-6",)),
    "jp": Geography(("ap-northeast-1", "ap-northeast-3")),
}


def source_regions(profile: str) -> tuple[str, ...] | None:
    """The Regions from which a profile with this prefix can be called; None for `global`: every commercial Region."""
    if profile == "global":
        return None
    geography = GEOGRAPHIES[profile]
    return geography.regions + geography.other_source_regions


def model_regions(profile: str, source_region: str) -> tuple[str, ...]:
    """The Regions that IAM must name for the model behind a profile, when it is called from `source_region`.

    The empty string stands for the ARN without a Region, under which IAM sees the rest of the world behind `global`.
    """
    if profile == "global":
        return source_region, ""
    return tuple(sorted({*GEOGRAPHIES[profile].regions, source_region}))
