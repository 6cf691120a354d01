"""Claude for the security tests: botocore's client down to the HTTP body, so that a test sees the bytes that are sent."""

import io
import json
from collections import deque
from typing import Any, cast

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from tests.support.fakes.bedrock import claude_answer, tool_use


class _RawBody(io.BytesIO):
    """A body as urllib3 returns it."""

    def stream(self, **_: Any) -> Any:
        while chunk := self.read():
            yield chunk


class ScriptedClaude:
    """Gives the queued answers in order, and records the body of every request."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "bedrock-runtime", region_name="us-west-2", aws_access_key_id="none", aws_secret_access_key="none"
        )
        self.client.meta.events.register("before-send.bedrock-runtime.Converse", cast(Any, self._answer))
        self.sent: list[bytes] = []
        self.always: dict[str, Any] = {}
        """The input that each tool is called with when no answer is queued."""
        self._answers: deque[bytes] = deque()

    def reset(self) -> None:
        """Forget the requests and the answers."""
        self.sent.clear()
        self._answers.clear()
        self.always.clear()

    def calls(self, tool: str, tool_input: Any) -> None:
        """Queue an answer that calls the tool."""
        self.says(tool_use(tool, tool_input))

    def says(self, *content: dict[str, Any], stop_reason: str = "tool_use") -> None:
        """Queue an answer with these content blocks."""
        self._answers.append(json.dumps(claude_answer(*content, stop_reason=stop_reason)).encode())

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        assert isinstance(request.body, bytes)
        self.sent.append(request.body)
        if not self._answers:
            tool = json.loads(request.body)["toolConfig"]["tools"][0]["toolSpec"]["name"]
            self.calls(tool, self.always[tool])
        headers = HTTPHeaders()
        headers["Content-Type"] = "application/json"
        return AWSResponse(request.url, 200, headers, _RawBody(self._answers.popleft()))
