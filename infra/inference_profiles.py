"""The Regions of Claude's cross-Region inference profiles: where each can be called, and where it sends requests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Geography:
    """The Regions of one profile prefix, such as `us`."""

    regions: tuple[str, ...]
    """The profile can be called in these Regions, and sends requests to any of them."""
    other_source_regions: tuple[str, ...] = ()
    """The profile can also be called here. Such a request goes to `regions` or stays in its own Region."""


# AWS: Bedrock user guide, "Geo inference details" of the model cards of Claude Haiku 4.5, Haiku 5.5, Sonnet 4.6,
# Sonnet 5.5 and Opus 5.5 (copies of September and October 2026; all agree). The guide says that the destinations of a
# geographic profile never change. `aws bedrock get-inference-profile` prints them for an account.
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
    """Return the Regions in which a profile with this prefix can be called. None: all commercial Regions (`global`)."""
    if profile == "global":
        return None
    geography = GEOGRAPHIES[profile]
    return geography.regions + geography.other_source_regions


def model_regions(profile: str, source_region: str) -> tuple[str, ...]:
    """Return the Regions of the foundation-model ARNs that a role needs to call the profile in `source_region`.

    An empty string means the ARN without a Region, which stands for all other Regions behind a `global` profile.
    """
    if profile == "global":
        return source_region, ""
    return tuple(sorted({*GEOGRAPHIES[profile].regions, source_region}))
