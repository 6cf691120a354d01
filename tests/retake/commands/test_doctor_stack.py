"""`retake doctor --stack`: the stack's parts are asked at `retake serve`, the account's at a fake that a test can break."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdas.core.runtime.settings import Settings
from retake.deployed.doctor import _check_status
from tests.support.fakes.aws_account import AwsAccount, aws_account
from tests.support.harnesses.command import Done, Retake
from tests.support.harnesses.served_stack import ServedStack, serving


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStack]:
    """A stack."""
    with serving(tmp_path_factory.mktemp("stack")) as server:
        yield server


@pytest.fixture
def account() -> Iterator[AwsAccount]:
    """An account in which everything is well."""
    with aws_account() as account:
        account.variables = Settings(bucket="pictures").to_environment()
        yield account


def run_doctor(retake: Retake, stack: ServedStack, account: AwsAccount, name: str = "Retake") -> Done:
    """Run `retake doctor --stack NAME --json`."""
    return retake("doctor", "--stack", name, "--json", environment={**account.environment, **stack.environment})


def findings(done: Done) -> dict[str, tuple[str, str]]:
    """Return the level and the text of each finding, by its subject."""
    return {item["subject"]: (item["level"], f"{item['finding']}; {item['fix']}") for item in json.loads(done.stdout)}


def test_doctor_when_the_stack_is_well_then_its_parts_and_models_are_ok(
    retake: Retake, stack: ServedStack, account: AwsAccount
) -> None:
    done = run_doctor(retake, stack, account)

    found = findings(done)
    assert done.code == 0, found
    assert {level for level, _ in found.values()} == {"ok"}, found
    assert found["stack"][1] == "Retake is CREATE_COMPLETE; "
    assert found["bucket"][1] == f"{stack.bucket}; "
    assert found["loop machine"][1] == f"{stack.environment['RETAKE_LOOP']}; "
    assert "900 of 1,000" in found["concurrency"][1]
    assert "a batch plans 18" in found["concurrency"][1]
    (asked,) = {about for operation, _, about in account.calls if operation == "GetFunctionConfiguration"}
    assert "prepare" in asked


def test_doctor_when_the_deployment_names_other_models_then_those_are_checked(
    retake: Retake, stack: ServedStack, account: AwsAccount
) -> None:
    extra = Settings(bucket="pictures", extra_model_ids=("stability.sd3-5-large-v1:0",), image_region="us-west-2")
    account.variables = extra.to_environment()

    found = findings(run_doctor(retake, stack, account))

    assert found["access extra"][0] == "ok"
    assert found["quota extra"] == (
        "warn",
        "stability.sd3-5-large-v1:0: unknown; Service Quotas lists none by the name 'Stable Diffusion 3.5 Large'; ",
    )


@pytest.mark.parametrize(
    ("free", "level", "message"),
    [
        (0, "FAIL", "ask AWS for more"),
        (10, "warn", "set max_concurrency of batches to 10 at most"),
        (17, "warn", "to 17 at most"),
        (18, "ok", "18 of 1,000"),
    ],
)
def test_doctor_when_lambda_has_few_executions_left_then_the_plan_of_a_batch_decides(
    free: int, level: str, message: str, retake: Retake, stack: ServedStack, account: AwsAccount
) -> None:
    account.concurrency = (1_000, free)

    done = run_doctor(retake, stack, account)

    assert findings(done)["concurrency"][0] == level
    assert message in findings(done)["concurrency"][1]
    assert done.code == (1 if level == "FAIL" else 0)


@pytest.mark.parametrize(
    ("operation", "subject", "message"),
    [
        ("GetFunctionConfiguration", "settings", "not allowed: lambda:GetFunctionConfiguration"),
        ("GetAccountSettings", "concurrency", "not allowed: lambda:GetAccountSettings"),
    ],
)
def test_doctor_when_a_question_is_not_allowed_then_it_is_a_warning_that_names_the_permission(
    operation: str, subject: str, message: str, retake: Retake, stack: ServedStack, account: AwsAccount
) -> None:
    account.denied = {operation}

    done = run_doctor(retake, stack, account)

    assert findings(done)[subject][0] == "warn"
    assert message in findings(done)[subject][1]
    assert done.code == 0


def test_doctor_when_there_is_no_such_stack_then_it_fails(
    retake: Retake, stack: ServedStack, account: AwsAccount
) -> None:
    done = run_doctor(retake, stack, account, "Nope")

    assert (done.code, findings(done)["stack"][0]) == (1, "FAIL")
    assert "there is no stack 'Nope' in us-east-1" in findings(done)["stack"][1]


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ("CREATE_COMPLETE", "ok"),
        ("UPDATE_COMPLETE", "ok"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "warn"),
        ("UPDATE_IN_PROGRESS", "warn"),
        ("UPDATE_ROLLBACK_COMPLETE", "warn"),
        ("UPDATE_ROLLBACK_FAILED", "warn"),
        ("ROLLBACK_COMPLETE", "FAIL"),
        ("CREATE_FAILED", "FAIL"),
        ("DELETE_FAILED", "FAIL"),
        ("DELETE_IN_PROGRESS", "FAIL"),
    ],
)
def test_status_when_the_stack_is_not_whole_then_the_finding_says_so(status: str, level: str) -> None:
    class Stack:
        name = "Retake"

    Stack.status = status  # type: ignore[attr-defined]

    assert _check_status(Stack()).level == level  # type: ignore[arg-type]


def test_doctor_when_the_stack_is_asked_then_nothing_is_written(
    retake: Retake, stack: ServedStack, account: AwsAccount
) -> None:
    run_doctor(retake, stack, account)

    assert list(Path(retake.folder).iterdir()) == []
