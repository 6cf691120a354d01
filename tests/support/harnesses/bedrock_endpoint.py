"""A stand-in reached as if it were Bedrock in AWS."""

from standin import StandIn


def bedrock_environment(bedrock: StandIn) -> dict[str, str]:
    """Return the environment in which `--bedrock aws` reaches this stand-in."""
    return {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock.url,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def answered_calls(bedrock: StandIn) -> dict[str, int]:
    """Count the answered calls of each operation of the loop; every one of them is paid."""
    return {name: bedrock.calls.count_paid(name) for name in ("requirements", "image", "verdict", "prompt")}
