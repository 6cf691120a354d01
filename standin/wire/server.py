"""The stand-in itself: start, stop, and the answer to one call."""

import threading
import time
from functools import partial
from types import TracebackType
from typing import Any, Self

from standin.calls import Call, CallLog
from standin.faults import Fault, FaultScript
from standin.options import Options
from standin.wire import converse_api, image_api
from standin.wire.control_plane import ControlPlane
from standin.wire.http_server import HttpAnswer, LoopbackServer
from standin.wire.malformed import malform
from standin.wire.questions import Question, find_question
from standin.wire.quota import Quota
from standin.wire.request_shape import parse_body
from standin.wire.service_error import ServiceError
from standin.wire.service_faults import ERROR_FAULTS, fault_error


class StandIn:
    """A stand-in for Bedrock on a loopback port. It runs between `start()` and `stop()`, or inside a `with`.

    with StandIn(Options(error_rate=0)) as bedrock:
        boto3.client("bedrock-runtime", endpoint_url=bedrock.url, ...)
    """

    def __init__(self, options: Options | None = None, *, port: int = 0) -> None:
        self.options = options or Options()
        self.calls = CallLog()
        self._script = FaultScript(self.options.faults)
        self._quota = Quota(self.options.image_calls_per_s) if self.options.image_calls_per_s else None
        self._control = ControlPlane(self.options)
        self._port = port
        self._stopping = threading.Event()
        self._server: LoopbackServer | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`.

        Raises:
            RuntimeError: the stand-in is not running.
        """
        if self._server is None:
            raise RuntimeError("the stand-in for Bedrock is not running; use it in a with statement")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Listen on 127.0.0.1. Connections are accepted when this returns."""
        self._stopping.clear()
        self._server = LoopbackServer(self._port, self.answer, self._control.answer)
        # stop() waits for one poll interval. The default is 0.5 s.
        serve = partial(self._server.serve_forever, poll_interval=0.02)
        threading.Thread(target=serve, name="stand-in-bedrock", daemon=True).start()

    def stop(self) -> None:
        """Stop listening and cut off stalled calls."""
        if self._server is not None:
            self._stopping.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def answer(self, model_id: str, action: str, body: bytes, region: str = "") -> HttpAnswer | None:
        """Answer and log one call. None: drop the connection instead.

        action: `invoke` or `converse`. region: empty for a call without a signature, which is served in every Region.
        """
        started_s = time.monotonic()
        operation, fault = "image" if action == "invoke" else "other", None
        try:
            request = parse_body(body)
            question = find_question(request) if action == "converse" else None
            operation = question.operation if question else operation
            fault = self._script.next_fault(operation)
            answer = HttpAnswer(200, self._run(operation, question, model_id, request, fault, started_s, region))
            answer = malform(answer, fault.fault) if fault else answer
        except ServiceError as error:
            answer = HttpAnswer.from_error(error)
        except Exception as error:  # noqa: BLE001 - an internal error of the service
            # A defect of the stand-in must not look like a fault of the network.
            message = f"The stand-in failed: {type(error).__name__}"
            answer = HttpAnswer.from_error(ServiceError("InternalServerException", message))
        self.calls.append(Call(operation, model_id, answer.status, fault.fault if fault else None))
        if fault is not None and fault.fault == "stall":
            self._stopping.wait(fault.stall_s)
        return None if fault is not None and fault.fault == "drop" else answer

    def _run(
        self,
        operation: str,
        question: Question | None,
        model_id: str,
        request: dict[str, Any],
        fault: Fault | None,
        started_s: float,
        region: str,
    ) -> dict[str, Any]:
        name = fault.fault if fault else None
        if name in ERROR_FAULTS:
            raise fault_error(name)
        if operation == "image":
            if self._quota and not self._quota.take_call(model_id):
                raise fault_error("throttle")
            self._stopping.wait(self.options.image_latency_s)
            return image_api.invoke(model_id, request, self.options, name, region)
        self._stopping.wait(self.options.claude_latency_s)
        return converse_api.converse(model_id, question, request, name, started_s)
