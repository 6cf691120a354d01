"""Bedrock for unit tests: botocore's own client, and its stubber, which holds requests and answers against the API."""

import copy
import io
import json
from collections import deque
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.response import StreamingBody
from botocore.stub import Stubber

_EVENTS = {"converse": "Converse", "invoke_model": "InvokeModel"}


class Wire:
    """One operation of the client. Answers and faults are given in the order of the calls they are for."""

    def __init__(self, client: Any, operation: str) -> None:
        self.client = client
        self.requests: list[dict[str, Any]] = []
        self.on_request: Callable[[], None] = lambda: None
        self._operation = operation
        self._stubber = Stubber(client)
        self._breaks: deque[BotoCoreError | None] = deque()
        self._event = f"provide-client-params.bedrock-runtime.{_EVENTS[operation]}"

    def __enter__(self) -> "Wire":
        self.client.meta.events.register(self._event, self._seen)
        self._stubber.activate()
        return self

    def __exit__(self, *_: object) -> None:
        self._stubber.deactivate()
        self.client.meta.events.unregister(self._event, self._seen)

    def responds(self, response: dict[str, Any]) -> None:
        """The next call's response, as the client returns it."""
        self._breaks.append(None)
        self._stubber.add_response(self._operation, response)

    def fails(self, code: str, message: str = "", status: int = 400) -> None:
        """The next call is answered with an error."""
        self._breaks.append(None)
        self._stubber.add_client_error(self._operation, code, message, status)

    def breaks(self, error: BotoCoreError) -> None:
        """The next call is not answered."""
        self._breaks.append(error)

    def says(
        self, *content: dict[str, Any], stop_reason: str = "tool_use", tokens: tuple[int, int] = (1_000, 100)
    ) -> None:
        """The next call's answer from Claude."""
        self.responds(
            {
                "output": {"message": {"role": "assistant", "content": list(content)}},
                "stopReason": stop_reason,
                "usage": {"inputTokens": tokens[0], "outputTokens": tokens[1], "totalTokens": sum(tokens)},
                "metrics": {"latencyMs": 1},
            }
        )

    def paints(self, body: Any) -> None:
        """The next call's answer from an image model: a JSON body, or bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.responds({"body": StreamingBody(io.BytesIO(raw), len(raw)), "contentType": "application/json"})

    def all_used(self) -> None:
        """Every answer that was given was asked for."""
        self._stubber.assert_no_pending_responses()
        assert not self._breaks

    def _seen(self, params: dict[str, Any], **_: Any) -> None:
        self.requests.append(copy.deepcopy(params))
        self.on_request()
        error = self._breaks.popleft() if self._breaks else None
        if error:
            raise error


def tool_use(name: str, given: dict[str, Any], use_id: str = "use-1") -> dict[str, Any]:
    """A content block by which Claude calls a tool."""
    return {"toolUse": {"toolUseId": use_id, "name": name, "input": given}}


def thinking(text: str = "") -> dict[str, Any]:
    """A content block of thinking; by default its text is withheld, as on Claude 5."""
    return {"reasoningContent": {"reasoningText": {"text": text, "signature": "c2ln"}}}
