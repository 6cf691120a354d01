"""docs/deploy.md and docs/iam.md against the stack: each number and each table in them is counted here."""

import re
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

from infra.dead_letters import KEPT_DAYS, MAX_AGE_HOURS
from infra.storage import KEEP_REPLACED_VERSIONS_DAYS
from lambdas.core.runtime.functions import FUNCTIONS, LOOP_FUNCTIONS
from statemachine.schedule import Schedule

DOCS = Path(__file__).parents[2] / "docs"
DEPLOY, IAM = ((DOCS / name).read_text(encoding="utf-8") for name in ("deploy.md", "iam.md"))


def _first_cells(page: str, header: str) -> set[str]:
    """The names in backticks, or else the text, of the first column of the table with this header."""
    rows = page.split(header)[1].split("\n\n", maxsplit=1)[0].splitlines()[2:]
    cells = [row.split("|")[1].strip() for row in rows]
    return {name for cell in cells for name in (re.findall(r"`([^`]+)`", cell) or [cell])}


def test_the_guide_counts_the_resources_of_the_stack(stack: Any) -> None:
    types = Counter(resource["Type"] for resource in stack.template["Resources"].values())
    assert f"{types['AWS::Lambda::Function']} Lambda functions" in DEPLOY
    assert f"{types['AWS::StepFunctions::StateMachine']} Step Functions state machines" in DEPLOY
    assert f"{types['AWS::CloudWatch::Alarm']} alarms" in DEPLOY
    assert [types[f"AWS::{name}"] for name in ("S3::Bucket", "DynamoDB::Table", "CloudWatch::Dashboard")] == [1, 1, 1]


def test_the_guide_lists_every_output(stack: Any) -> None:
    assert _first_cells(DEPLOY, "| output |") == set(stack.template["Outputs"]) | {"CustomizationRoleArn"}


def test_the_guide_lists_every_field_of_a_schedule() -> None:
    # `event` is what `event_file` holds.
    assert _first_cells(DEPLOY, "| field |") | {"event"} == {field.name for field in fields(Schedule)}


def test_the_guide_says_how_long_starts_are_retried_and_kept() -> None:
    assert set(re.findall(r"retried for (\d+) hours", DEPLOY)) == {str(MAX_AGE_HOURS)}
    assert set(re.findall(r"kept for (\d+) days", DEPLOY)) == {str(KEPT_DAYS)}
    assert f"in it for {KEEP_REPLACED_VERSIONS_DAYS} days" in DEPLOY


def test_a_call_in_flight_ends_within_the_minutes_that_the_guide_says() -> None:
    (minutes,) = re.findall(r"wait (\d+) minutes for calls in flight", " ".join(DEPLOY.split()))
    assert max(row.timeout_s for row in FUNCTIONS.values() if row.asks) <= int(minutes) * 60


def test_the_page_on_permissions_has_a_row_for_every_function() -> None:
    roles = _first_cells(IAM, "| role |")
    assert {name.replace("_", " ").capitalize() for name in FUNCTIONS} <= roles
    assert f"the {len(LOOP_FUNCTIONS)} functions of a run" in IAM
    assert f"all {len(FUNCTIONS)} functions" in IAM
