"""One execution in AWS: started, asked how it ended, and its history read as it grows."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from retake.deployed.aws import StackError, errors_of
from retake.view import exit_codes
from retake.view.outcome import Outcome

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

# AWS: 256 KiB of UTF-8 for an execution's input.
INPUT_MAX_BYTES = 256 * 1024

# What is read again when a page grows; AWS gives 1,000 at most.
_PAGE_EVENTS = 100


class Execution:
    """An execution by its ARN."""

    def __init__(self, client: "SFNClient", arn: str) -> None:
        self._client = client
        self.arn = arn
        self._seen = 0
        self._page: str | None = None

    @classmethod
    def start(cls, client: "SFNClient", machine_arn: str, name: str, event: dict[str, Any]) -> "Execution":
        """Start the machine with this event.

        Raises:
            StackError: Step Functions does not take it.
        """
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
    def found(cls, client: "SFNClient", machine_arn: str, name: str) -> "Execution | None":
        """The machine's execution of this name, or ARN; None when it has none.

        Raises:
            StackError: Step Functions does not answer.
        """
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
        """Its name, which no other execution of the machine has."""
        return self.arn.rpartition(":")[2]

    def input(self) -> dict[str, Any]:
        """What it was started with; empty when that is no object."""
        with errors_of("states", self.arn):
            found = json.loads(self._client.describe_execution(executionArn=self.arn).get("input") or "{}")
        return found if isinstance(found, dict) else {}

    def outcome(self) -> Outcome | None:
        """How it ended; None while it runs."""
        with errors_of("states", self.arn):
            found = self._client.describe_execution(executionArn=self.arn)
        if found["status"] in ("RUNNING", "PENDING_REDRIVE"):
            return None
        output = json.loads(found["output"]) if "output" in found else None
        return Outcome(found["status"], output, found.get("error"), found.get("cause"))

    def stop(self) -> None:
        """Ask Step Functions to end it. The functions under way are not interrupted."""
        with errors_of("states", self.arn):
            self._client.stop_execution(executionArn=self.arn, error="Stopped", cause="Stopped by retake stop.")

    def new_events(self) -> Iterator["HistoryEventTypeDef"]:
        """The events since the last time, in their order.

        The address of the last page is kept: it grows while the execution runs, and is the only one that is read again.
        """
        if self._page is not None:
            try:
                yield from self._events_from(self._page)
                return
            except StackError as error:
                # AWS: a page's address is good for 24 hours.
                if error.code != "InvalidToken":
                    raise
        yield from self._events_from(None)

    def _events_from(self, page: str | None) -> Iterator["HistoryEventTypeDef"]:
        """The events from that page on, without those that were seen."""
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
