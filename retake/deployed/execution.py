"""One execution in AWS: start it, find it, stop it, read its outcome and its history."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from retake.deployed.aws import StackError, errors_of
from retake.view import exit_codes
from retake.view.outcome import Outcome

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import DescribeExecutionOutputTypeDef, HistoryEventTypeDef

# AWS: 256 KiB of UTF-8 for an execution's input.
INPUT_MAX_BYTES = 256 * 1024

# The last page is read again at each poll, so pages are small; AWS returns 1,000 events at most.
_PAGE_EVENTS = 100


class Execution:
    """An execution, identified by its ARN.

    Every method raises `StackError` if Step Functions refuses the call or does not answer.
    """

    def __init__(self, client: "SFNClient", arn: str) -> None:
        self._client = client
        self.arn = arn
        self._seen = 0
        self._page: str | None = None

    @classmethod
    def start(cls, client: "SFNClient", machine_arn: str, name: str, event: dict[str, Any]) -> "Execution":
        """Start an execution of the machine, called `name`, with this event as its input."""
        body = json.dumps(event, ensure_ascii=False)
        if (size_bytes := len(body.encode())) > INPUT_MAX_BYTES:
            raise StackError(
                f"the event has {size_bytes:,} bytes; an execution takes {INPUT_MAX_BYTES:,}", exit_codes.BAD_INPUT
            )
        with errors_of("states", machine_arn):
            return cls(
                client, client.start_execution(stateMachineArn=machine_arn, name=name, input=body)["executionArn"]
            )

    @classmethod
    def find(cls, client: "SFNClient", machine_arn: str, name: str) -> "Execution | None":
        """Return the machine's execution with this name or ARN, or None."""
        arn = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name.rpartition(':')[2]}"
        if name.startswith("arn:") and name != arn:
            return None
        execution = cls(client, arn)
        try:
            execution.outcome()
        except StackError as error:
            if error.code in ("ExecutionDoesNotExist", "InvalidArn"):
                return None
            raise
        return execution

    @property
    def name(self) -> str:
        """Its name, unique among the machine's executions."""
        return self.arn.rpartition(":")[2]

    def input(self) -> dict[str, Any]:
        """Return its input, or an empty dict if the input is not an object."""
        with errors_of("states", self.arn):
            return self.input_of(self._client.describe_execution(executionArn=self.arn))

    @staticmethod
    def input_of(found: "DescribeExecutionOutputTypeDef") -> dict[str, Any]:
        """Return the input in AWS's description of an execution, or an empty dict if the input is not an object."""
        event = json.loads(found.get("input") or "{}")
        return event if isinstance(event, dict) else {}

    def outcome(self) -> Outcome | None:
        """Return how it ended, or None if it is running."""
        with errors_of("states", self.arn):
            return self.outcome_of(self._client.describe_execution(executionArn=self.arn))

    @staticmethod
    def outcome_of(found: "DescribeExecutionOutputTypeDef") -> Outcome | None:
        """Return the outcome in AWS's description of an execution, or None if it is running."""
        if found["status"] in ("RUNNING", "PENDING_REDRIVE"):
            return None
        output = json.loads(found["output"]) if "output" in found else None
        return Outcome(found["status"], output, found.get("error"), found.get("cause"))

    def stop(self) -> None:
        """Stop it. Functions that are running are not interrupted."""
        with errors_of("states", self.arn):
            self._client.stop_execution(
                executionArn=self.arn, error="Stopped", cause="the execution was stopped by retake stop"
            )

    def new_events(self) -> Iterator["HistoryEventTypeDef"]:
        """Yield the events of its history since the last call, in order.

        Only the last page is read again: it is the one that grows while the execution runs.
        """
        if self._page is not None:
            try:
                yield from self._events_from(self._page)
                return
            except StackError as error:
                # AWS: a page's token is valid for 24 hours.
                if error.code != "InvalidToken":
                    raise
        yield from self._events_from(None)

    def _events_from(self, page: str | None) -> Iterator["HistoryEventTypeDef"]:
        while True:
            arguments: dict[str, Any] = {"nextToken": page} if page else {}
            with errors_of("states", self.arn):
                found = self._client.get_execution_history(executionArn=self.arn, maxResults=_PAGE_EVENTS, **arguments)
            self._page = page
            for event in found["events"]:
                if event["id"] > self._seen:
                    self._seen = event["id"]
                    yield event
            page = found.get("nextToken")
            if not page:
                return
