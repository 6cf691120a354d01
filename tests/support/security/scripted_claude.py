"""Claude for these tests: botocore's own client up to the wire, so that what it would send is seen as it would be sent."""

import io
import json
from collections import deque
from typing import Any, cast

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders


class _Raw(io.BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, **_: Any) -> Any:
        while chunk := self.read():
            yield chunk


class ScriptedClaude:
    """Answers in the order in which they are given; every request's body is kept."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "bedrock-runtime", region_name="us-west-2", aws_access_key_id="none", aws_secret_access_key="none"
        )
        self.client.meta.events.register("before-send.bedrock-runtime.Converse", cast(Any, self._answer))
        self.sent: list[bytes] = []
        self.always: dict[str, Any] = {}
        """What each tool is called with when no answer was given."""
        self._answers: deque[bytes] = deque()

    def forget(self) -> None:
        """Start anew."""
        self.sent.clear()
        self._answers.clear()
        self.always.clear()

    def calls(self, tool: str, given: Any) -> None:
        """The next answer: a call of the tool."""
        self.says({"toolUse": {"toolUseId": "use-1", "name": tool, "input": given}})

    def says(self, *content: dict[str, Any], stop_reason: str = "tool_use") -> None:
        """The next answer."""
        answer = {
            "output": {"message": {"role": "assistant", "content": list(content)}},
            "stopReason": stop_reason,
            "usage": {"inputTokens": 1_000, "outputTokens": 100, "totalTokens": 1_100},
            "metrics": {"latencyMs": 1},
        }
        self._answers.append(json.dumps(answer).encode())

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        assert isinstance(request.body, bytes)
        self.sent.append(request.body)
        if not self._answers:
            tool = json.loads(request.body)["toolConfig"]["tools"][0]["toolSpec"]["name"]
            self.calls(tool, self.always[tool])
        headers = HTTPHeaders()
        headers["Content-Type"] = "application/json"
        return AWSResponse(request.url, 200, headers, _Raw(self._answers.popleft()))
