"""`retake doctor`: a line for each finding, and exit 1 exactly if a run would fail."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.fakes.aws_account import AVAILABLE, AwsAccount, aws_account
from tests.support.harnesses.command import Done, Retake

CORE = "stability.stable-image-core-v1:1"
HAIKU = "anthropic.claude-haiku-5-5"
IMAGE_QUOTA = "On-demand model inference requests per minute for Stability.ai Stable Image Core"
HAIKU_QUOTA = "Cross-region model inference tokens per minute for Anthropic Claude Haiku 5.5"
PAST, FUTURE = "2026-06-30T00:00:00Z", "2100-06-30T00:00:00Z"


@pytest.fixture
def account() -> Iterator[AwsAccount]:
    """An account in which everything is well."""
    with aws_account() as account:
        yield account


def findings(done: Done) -> dict[str, tuple[str, str]]:
    """Return the level and the text of each finding of --json, by its subject."""
    return {item["subject"]: (item["level"], f"{item['finding']}; {item['fix']}") for item in json.loads(done.stdout)}


def run_doctor(retake: Retake, account: AwsAccount, *options: str, **environment: str) -> Done:
    """Run `retake doctor --bedrock aws --json` against the account."""
    return retake("doctor", "--bedrock", "aws", "--json", *options, environment={**account.environment, **environment})


def test_doctor_when_everything_is_well_here_then_each_line_is_ok(retake: Retake) -> None:
    done = retake("doctor")

    assert (done.code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert all(line.startswith("ok    ") for line in lines), done.stdout
    assert {line[6:].partition(":")[0] for line in lines} >= {"python", "packages", "out", "stand-in", "retake.toml"}
    assert not (retake.folder / "out").exists()


@pytest.mark.parametrize(
    ("toml", "environment", "subject", "message"),
    [
        ('bedrok = "aws"', {}, "retake.toml", "did you mean bedrock?"),
        ("= broken", {}, "retake.toml", "is not TOML"),
        ("", {"RETAKE_MAX_COST_PER_RUN": "1"}, "environment", "did you mean RETAKE_MAX_COST_USD_PER_RUN?"),
        ("", {"RETAKE_MAX_COST_USD_PER_RUN": "much"}, "environment", "is not a number above 0"),
        ("", {"RETAKE_IMAGE_MODEL_ID": "gone"}, "image_model_id", "no image model"),
    ],
)
def test_doctor_when_settings_are_broken_then_it_says_so_and_exits_1(
    toml: str, environment: dict[str, str], subject: str, message: str, retake: Retake
) -> None:
    (retake.folder / "retake.toml").write_text(toml)

    done = retake("doctor", "--json", environment=environment)

    level, text = findings(done)[subject]
    assert (done.code, level) == (1, "FAIL")
    assert message in text


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_doctor_when_the_out_folder_is_read_only_then_a_run_would_fail(retake: Retake) -> None:
    (retake.folder / "out").mkdir(mode=0o500)

    assert retake("doctor").code == 1


def test_doctor_when_out_is_a_file_then_a_run_would_fail(retake: Retake) -> None:
    (retake.folder / "out").write_text("")

    done = retake("doctor", "--json")

    assert (done.code, findings(done)["out"][0]) == (1, "FAIL")


def test_doctor_when_bedrock_is_well_then_models_quotas_and_regions_are_asked_for(
    retake: Retake, account: AwsAccount
) -> None:
    done = run_doctor(retake, account)

    found = findings(done)
    assert done.code == 0, done.stdout
    assert {level for level, _ in found.values()} == {"ok"}, found
    assert "arn:aws:iam::123456789012:user/ann" in found["credentials"][1]
    assert "90 requests a minute in us-west-2 (the account's)" in found["quota images"][1]
    asked = {(operation, about) for operation, _, about in account.calls}
    for model_id in (CORE, HAIKU, "anthropic.claude-sonnet-5-5"):
        assert {("GetFoundationModelAvailability", model_id), ("GetFoundationModel", model_id)} <= asked
    assert {region for _, region, _ in account.calls} == {"us-west-2"}
    assert [call[0] for call in account.calls].count("ListServiceQuotas") == 1


def test_doctor_when_models_are_called_elsewhere_then_that_region_is_asked(retake: Retake, account: AwsAccount) -> None:
    run_doctor(
        retake, account, RETAKE_CLAUDE_REGION="eu-central-1", RETAKE_VALIDATE_MODEL_ID="eu.anthropic.claude-haiku-5-5"
    )

    assert ("GetFoundationModel", "eu-central-1", HAIKU) in account.calls
    assert ("GetFoundationModel", "us-west-2", CORE) in account.calls


@pytest.mark.parametrize(
    ("changes", "subject", "level", "message"),
    [
        (
            {"availability": {CORE: {**AVAILABLE, "agreementAvailability": {"status": "NOT_AVAILABLE"}}}},
            "access images",
            "FAIL",
            "no agreement",
        ),
        ({"unknown_models": {CORE}}, "access images", "FAIL", "no such model there"),
        ({"unknown_models": {CORE}}, "lifecycle images", "FAIL", "no such model in us-west-2"),
        (
            {"lifecycles": {HAIKU: {"status": "LEGACY", "endOfLifeTime": FUTURE}}},
            "lifecycle judge",
            "warn",
            "2100-06-30",
        ),
        ({"lifecycles": {HAIKU: {"status": "LEGACY", "endOfLifeTime": PAST}}}, "lifecycle judge", "FAIL", "2026-06-30"),
        ({"quotas": {IMAGE_QUOTA: 0.0}}, "quota images", "FAIL", "quota above 0"),
        ({"quotas": {IMAGE_QUOTA: 30.0}}, "quota images", "warn", "set max_concurrency of batches to 6"),
        ({"quotas": {HAIKU_QUOTA: 100_000.0}}, "quota judge", "warn", "a batch plans 360,000"),
        ({"quotas": {}}, "quota images", "ok", "AWS's default"),
        ({"quotas": {}, "default_quotas": {}}, "quota images", "warn", "unknown; Service Quotas lists none"),
        (
            {"denied": {"GetFoundationModelAvailability"}},
            "access images",
            "warn",
            "bedrock:GetFoundationModelAvailability",
        ),
        ({"denied": {"GetFoundationModel"}}, "lifecycle judge", "warn", "bedrock:GetFoundationModel"),
        ({"denied": {"ListServiceQuotas"}}, "quota judge", "warn", "servicequotas:ListServiceQuotas"),
        ({"invalid_credentials": True}, "credentials", "FAIL", "AWS refuses these credentials"),
    ],
)
def test_doctor_when_something_is_wrong_in_aws_then_its_line_says_what_and_only_a_failure_exits_1(
    changes: dict[str, Any], subject: str, level: str, message: str, retake: Retake, account: AwsAccount
) -> None:
    for name, value in changes.items():
        setattr(account, name, value)

    done = run_doctor(retake, account)

    found = findings(done)
    assert found[subject][0] == level, found
    assert message in found[subject][1]
    assert done.code == (1 if "FAIL" in {one for one, _ in found.values()} else 0)
    assert done.code == (1 if level == "FAIL" else 0)


def test_doctor_when_there_are_no_credentials_then_it_fails_without_asking(retake: Retake, account: AwsAccount) -> None:
    environment = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": "us-west-2"}

    done = retake("doctor", "--bedrock", "aws", "--json", environment=environment)

    assert (done.code, findings(done)["credentials"][0]) == (1, "FAIL")
    assert "access images" not in findings(done)
    assert account.calls == []


def test_doctor_when_there_is_no_region_then_that_of_the_models_is_used(retake: Retake, account: AwsAccount) -> None:
    done = run_doctor(retake, account, AWS_DEFAULT_REGION="")

    assert done.code == 0
    assert findings(done)["credentials"][1].startswith("arn:aws:iam::123456789012:user/ann, Region us-west-2")


def test_doctor_when_a_region_is_given_for_nothing_then_it_is_refused(retake: Retake) -> None:
    done = retake("doctor", "--region", "us-east-1")

    assert (done.code, done.stdout) == (2, "")
    assert "--region: needs --stack NAME or --bedrock aws" in done.errors[0]


def test_doctor_when_the_out_folder_cannot_be_made_then_it_fails(retake: Retake) -> None:
    (out,) = [line for line in retake("doctor", "--out", "/proc/x").stdout.splitlines() if " out: " in line]

    assert out.startswith("FAIL  out: /proc/x cannot be made in /proc")
