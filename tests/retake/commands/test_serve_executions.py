"""`retake serve`: the AWS CLI pages through a history, and stops and redrives executions, as in AWS."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from standin import Options, StandIn
from standin.wire.http_server import HttpAnswer
from tests.support.harnesses.bedrock_endpoint import answered_calls, bedrock_environment
from tests.support.harnesses.served_stack import ServedStack, serving

_RED = json.dumps({"prompt": "a red circle"})
_STEPS = {
    "StartAt": "First",
    "QueryLanguage": "JSONata",
    "States": {
        "First": {"Type": "Pass", "Assign": {"kept": "{% $states.input.word %}"}, "Output": {"n": 1}, "Next": "Rest"},
        "Rest": {"Type": "Wait", "Seconds": 600, "Next": "Last"},
        "Last": {"Type": "Succeed"},
    },
}


class GatedStandIn(StandIn):
    """A stand-in that answers a call of the image model when its gate is open."""

    def __init__(self) -> None:
        super().__init__(Options(picture_side_px=256, error_rate=0))
        self.gate = threading.Event()
        self.gate.set()
        self.is_asked = threading.Event()

    def answer(self, model_id: str, action: str, body: bytes, region: str = "") -> HttpAnswer | None:
        """Wait for the gate, then answer."""
        if action == "invoke":
            self.is_asked.set()
            self.gate.wait()
        return super().answer(model_id, action, body, region)


@pytest.fixture(scope="module")
def bedrock() -> Iterator[GatedStandIn]:
    """The stand-in that the module's server calls."""
    with GatedStandIn() as bedrock:
        yield bedrock
        bedrock.gate.set()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, bedrock: StandIn) -> Iterator[ServedStack]:
    """One server for all tests."""
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, "--bedrock", "aws", environment=bedrock_environment(bedrock)) as server:
        yield server


def start(served: ServedStack, body: str = _RED, machine: str | None = None) -> str:
    """Start an execution and return its ARN."""
    arn = machine or served.environment["RETAKE_LOOP"]
    started = served.client("stepfunctions").start_execution(stateMachineArn=arn, input=body)
    return str(started["executionArn"])


def states(served: ServedStack, *arguments: str) -> Any:
    """Run `aws stepfunctions ARGUMENTS`."""
    return served.aws("stepfunctions", *arguments)


def history(served: ServedStack, execution: str, *arguments: str) -> Any:
    """Run `aws stepfunctions get-execution-history`."""
    return states(served, "get-execution-history", "--execution-arn", execution, *arguments)


def create_machine(served: ServedStack, name: str, definition: dict[str, Any]) -> str:
    """Create a state machine and return its ARN."""
    return str(
        served.client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/local"
        )["stateMachineArn"]
    )


def stop_in(served: ServedStack, execution: str, state: str, **why: str) -> None:
    """Wait until the execution has entered the state, stop it, and wait for its end."""

    def entered() -> bool:
        events = served.client("stepfunctions").get_execution_history(executionArn=execution, reverseOrder=True)
        return any(event.get("stateEnteredEventDetails", {}).get("name") == state for event in events["events"][:1])

    served.wait_for(entered)
    served.client("stepfunctions").stop_execution(executionArn=execution, **why)
    served.wait_for_end(execution)


@pytest.fixture(scope="module")
def ended(served: ServedStack) -> str:
    """An accepted run."""
    execution = start(served)
    assert served.wait_for_end(execution)["status"] == "SUCCEEDED"
    return execution


def test_history_when_reversed_then_the_same_events_come_last_first(served: ServedStack, ended: str) -> None:
    events = history(served, ended)["events"]

    assert history(served, ended, "--reverse-order")["events"] == events[::-1]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in events)
    assert (events[0]["type"], events[-1]["type"]) == ("ExecutionStarted", "ExecutionSucceeded")


def test_history_when_read_in_pages_then_the_pages_are_the_whole(served: ServedStack, ended: str) -> None:
    whole = history(served, ended, "--page-size", "4")["events"]
    first = history(served, ended, "--no-paginate", "--max-results", "3")
    second = history(served, ended, "--no-paginate", "--max-results", "3", "--next-token", first["nextToken"])
    last = history(served, ended, "--reverse-order", "--page-size", "4", "--max-items", "6")
    rest = history(served, ended, "--reverse-order", "--page-size", "4", "--starting-token", last["NextToken"])

    assert [event["id"] for event in whole] == list(range(1, len(whole) + 1))
    assert first["events"] + second["events"] == whole[:6]
    assert last["events"] + rest["events"] == whole[::-1]


def test_history_when_its_data_are_not_asked_for_then_they_are_left_out(served: ServedStack, ended: str) -> None:
    entered = history(served, ended, "--no-include-execution-data")["events"][1]["stateEnteredEventDetails"]

    assert entered["name"] == "Prepare"
    assert "input" not in entered


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--max-results", "1001"), b"(ValidationException)"),
        (("--next-token", "no-token"), b"(InvalidToken)"),
        (("--next-token", "WyJhcm4iLCBmYWxzZSwgM10="), b"(InvalidToken)"),
    ],
)
def test_history_when_the_call_is_invalid_then_it_is_refused_as_in_aws(
    served: ServedStack, ended: str, arguments: tuple[str, ...], error: bytes
) -> None:
    command = ("stepfunctions", "get-execution-history", "--no-paginate", "--execution-arn", ended)

    assert error in served.run_aws(*command, *arguments).stderr


def test_stop_when_a_call_is_in_flight_then_cause_is_kept_and_a_redrive_pays_for_nothing_twice(
    served: ServedStack, bedrock: GatedStandIn
) -> None:
    before = answered_calls(bedrock)
    bedrock.gate.clear()
    bedrock.is_asked.clear()
    execution = start(served)
    served.wait_for(bedrock.is_asked.is_set)

    why = ("--error", "Paused", "--cause", "The printer is out of paper")
    stopped = states(served, "stop-execution", "--execution-arn", execution, *why)
    bedrock.gate.set()
    found = served.wait_for_end(execution)
    last = history(served, execution, "--reverse-order", "--max-items", "1")["events"][0]
    redriven = states(served, "redrive-execution", "--execution-arn", execution)
    again = served.wait_for_end(execution)

    assert stopped["stopDate"]
    assert (found["status"], found["error"], found["cause"]) == ("ABORTED", why[1], why[3])
    assert (found["redriveStatus"], found["redriveCount"]) == ("REDRIVABLE", 0)
    assert last["executionAbortedEventDetails"] == {"error": why[1], "cause": why[3]}
    assert redriven["redriveDate"]
    assert (again["status"], again["redriveCount"], again["redriveStatus"]) == ("SUCCEEDED", 1, "NOT_REDRIVABLE")
    assert "error" not in again
    assert json.loads(again["output"])["status"] == "ACCEPTED"
    assert answered_calls(bedrock) == {name: before[name] + 1 for name in before if name != "prompt"} | {
        "prompt": before["prompt"]
    }


def test_redrive_when_stopped_then_it_continues_at_that_state_with_its_input_and_variables(served: ServedStack) -> None:
    execution = start(served, '{"word": "kept"}', create_machine(served, "steps", _STEPS))
    stop_in(served, execution, "Rest")
    first = history(served, execution)["events"]

    states(served, "redrive-execution", "--execution-arn", execution)
    stop_in(served, execution, "Rest", error="Again")
    events = history(served, execution)["events"]

    assert events[: len(first)] == first
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    redriven, entered, aborted = events[len(first) :]
    assert redriven["type"] == "ExecutionRedriven"
    assert redriven["executionRedrivenEventDetails"] == {"redriveCount": 1}
    assert redriven["previousEventId"] == first[-1]["id"]
    assert entered["stateEnteredEventDetails"]["input"] == '{"n":1}'
    assert aborted["executionAbortedEventDetails"] == {"error": "Again"}
    found = states(served, "describe-execution", "--execution-arn", execution)
    assert (found["redriveCount"], found["input"]) == (1, '{"word": "kept"}')
    listed = states(served, "list-executions", "--state-machine-arn", found["stateMachineArn"])["executions"]
    assert (listed[0]["redriveCount"], listed[0]["redriveDate"]) == (1, found["redriveDate"])


def test_redrive_when_a_batch_was_stopped_then_its_items_end_and_nothing_is_paid_twice(
    served: ServedStack, bedrock: GatedStandIn
) -> None:
    before = answered_calls(bedrock)["image"]
    bedrock.gate.clear()
    bedrock.is_asked.clear()
    served.upload(
        "\n".join(json.dumps({"prompt": f"a {color} circle"}) for color in ("red", "blue")), "batches/two.jsonl"
    )
    (execution,) = served.executions("RETAKE_BATCH")
    served.wait_for(bedrock.is_asked.is_set)
    served.client("stepfunctions").stop_execution(executionArn=execution)
    bedrock.gate.set()
    assert served.wait_for_end(execution)["status"] == "ABORTED"

    states(served, "redrive-execution", "--execution-arn", execution)
    found = served.wait_for_end(execution)

    assert (found["status"], json.loads(found["output"])["accepted"]) == ("SUCCEEDED", 2)
    assert answered_calls(bedrock)["image"] == before + 2


def test_redrive_when_the_run_was_not_accepted_then_it_enters_the_fail_state_and_fails_again(
    served: ServedStack,
) -> None:
    event = {"prompt": "a red circle", "requirements": ["a blue square"], "max_retry_attempts": 1}
    execution = start(served, json.dumps({**event, "max_prompt_revisions": 0}))
    before = served.wait_for_end(execution)

    served.client("stepfunctions").redrive_execution(executionArn=execution)
    after = served.wait_for_end(execution)

    assert (before["status"], before["error"]) == ("FAILED", "RunExhausted")
    assert (after["status"], after["error"], after["cause"]) == ("FAILED", "RunExhausted", before["cause"])
    events = history(served, execution)["events"]
    assert [event["type"] for event in events[-3:]] == ["ExecutionRedriven", "FailStateEntered", "ExecutionFailed"]


def test_redrive_when_timed_out_then_the_clock_of_the_machine_begins_anew(served: ServedStack) -> None:
    machine = create_machine(served, "short", {**_STEPS, "TimeoutSeconds": 1})
    execution = start(served, '{"word": "kept"}', machine)
    client = served.client("stepfunctions")

    def is_redrivable() -> bool:
        return bool(client.describe_execution(executionArn=execution)["redriveStatus"] == "REDRIVABLE")

    served.wait_for(is_redrivable)
    found = client.describe_execution(executionArn=execution)
    states(served, "redrive-execution", "--execution-arn", execution)
    served.wait_for(is_redrivable)

    assert (found["status"], "stopDate" in found) == ("TIMED_OUT", True)
    types = [event["type"] for event in history(served, execution)["events"]]
    assert types[-4:] == ["ExecutionTimedOut", "ExecutionRedriven", "WaitStateEntered", "ExecutionTimedOut"]


def test_redrive_when_the_call_is_repeated_with_its_token_then_it_changes_nothing(served: ServedStack) -> None:
    execution = start(served, '{"word": "kept"}', create_machine(served, "tokens", _STEPS))
    stop_in(served, execution, "Rest")
    command = ("redrive-execution", "--execution-arn", execution, "--client-token", "mine")

    first, second = states(served, *command), states(served, *command)

    assert first == second
    assert served.client("stepfunctions").describe_execution(executionArn=execution)["redriveCount"] == 1
    stop_in(served, execution, "Rest")


@pytest.mark.parametrize(("name", "code"), [(None, b"(ExecutionNotRedrivable)"), ("no", b"(ExecutionDoesNotExist)")])
def test_redrive_when_it_is_not_possible_then_it_is_refused_as_in_aws(
    served: ServedStack, ended: str, name: str | None, code: bytes
) -> None:
    execution = f"{ended.rpartition(':')[0]}:{name}" if name else ended

    assert code in served.run_aws("stepfunctions", "redrive-execution", "--execution-arn", execution).stderr


def test_stop_when_the_execution_has_ended_then_it_stays_as_it_is(served: ServedStack, ended: str) -> None:
    before = served.client("stepfunctions").describe_execution(executionArn=ended)

    stopped = states(served, "stop-execution", "--execution-arn", ended, "--error", "Late")

    after = served.client("stepfunctions").describe_execution(executionArn=ended)
    assert stopped["stopDate"] == pytest.approx(before["stopDate"].timestamp())
    assert {**after, "ResponseMetadata": None} == {**before, "ResponseMetadata": None}
    assert before["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven."


def test_stop_when_the_cause_is_too_long_then_it_is_refused(served: ServedStack, ended: str) -> None:
    stop = ("stepfunctions", "stop-execution", "--execution-arn", ended)

    assert b"(ValidationException)" in served.run_aws(*stop, "--error", "x" * 257).stderr
    with pytest.raises(ClientError, match=r"\(ValidationException\).*'cause'"):
        served.client("stepfunctions").stop_execution(executionArn=ended, cause="x" * 32_769)
