"""Bedrock for unit tests: botocore's client behind its stubber, which validates requests and answers against the API."""

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


class ScriptedBedrock:
    """One operation of the client. Queue an answer or a fault for each call, in the order of the calls."""

    def __init__(self, client: Any, operation: str) -> None:
        self.client = client
        self.requests: list[dict[str, Any]] = []
        self.on_request: Callable[[], None] = lambda: None
        self._operation = operation
        self._stubber = Stubber(client)
        self._faults: deque[BotoCoreError | None] = deque()
        self._event = f"provide-client-params.bedrock-runtime.{_EVENTS[operation]}"

    def __enter__(self) -> "ScriptedBedrock":
        self.client.meta.events.register(self._event, self._on_params)
        self._stubber.activate()
        return self

    def __exit__(self, *_: object) -> None:
        self._stubber.deactivate()
        self.client.meta.events.unregister(self._event, self._on_params)

    def responds(self, response: dict[str, Any]) -> None:
        """Queue a response, as the client returns it."""
        self._faults.append(None)
        self._stubber.add_response(self._operation, response)

    def fails(self, code: str, message: str = "", status: int = 400) -> None:
        """Queue an error response."""
        self._faults.append(None)
        self._stubber.add_client_error(self._operation, code, message, status)

    def breaks(self, error: BotoCoreError) -> None:
        """Queue a fault for which no response arrives."""
        self._faults.append(error)

    def says(
        self, *content: dict[str, Any], stop_reason: str = "tool_use", tokens: tuple[int, int] = (1_000, 100)
    ) -> None:
        """Queue an answer from Claude."""
        self.responds(claude_answer(*content, stop_reason=stop_reason, tokens=tokens))

    def paints(self, body: Any) -> None:
        """Queue an answer from an image model: an object, sent as JSON, or raw bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.responds({"body": StreamingBody(io.BytesIO(raw), len(raw)), "contentType": "application/json"})

    def check_all_used(self) -> None:
        """Fail if a queued answer was never asked for."""
        self._stubber.assert_no_pending_responses()
        assert not self._faults

    def _on_params(self, params: dict[str, Any], **_: Any) -> None:
        self.requests.append(copy.deepcopy(params))
        self.on_request()
        error = self._faults.popleft() if self._faults else None
        if error:
            raise error


def claude_answer(
    *content: dict[str, Any], stop_reason: str = "tool_use", tokens: tuple[int, int] = (1_000, 100)
) -> dict[str, Any]:
    """Return a Converse answer with these content blocks; `tokens` are those of the input and of the output."""
    return {
        "output": {"message": {"role": "assistant", "content": list(content)}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": tokens[0], "outputTokens": tokens[1], "totalTokens": sum(tokens)},
        "metrics": {"latencyMs": 1},
    }


def tool_use(name: str, tool_input: dict[str, Any], use_id: str = "use-1") -> dict[str, Any]:
    """Return a content block in which Claude calls a tool."""
    return {"toolUse": {"toolUseId": use_id, "name": name, "input": tool_input}}


def thinking(text: str = "") -> dict[str, Any]:
    """Return a content block of thinking. Its text is empty by default, because Claude 5 withholds it."""
    return {"reasoningContent": {"reasoningText": {"text": text, "signature": "c2ln"}}}
