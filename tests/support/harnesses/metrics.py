"""The metrics that the functions emit, recorded by running the code that emits them."""

import contextlib
import io
import json
import os
from typing import Any
from unittest.mock import patch

from lambdas.conclude.metrics import emit as emit_run
from lambdas.conclude_batch.metrics import emit as emit_batch
from lambdas.core.money.budget import Budget
from lambdas.core.money.ledger import Ledger, PaidCall
from lambdas.core.runtime.errors import ModelThrottledError
from lambdas.core.runtime.execution import BatchExecution
from lambdas.core.runtime.observability import log_invocation
from lambdas.plan.handler import handler as plan
from tests.support.fakes.lambda_context import LambdaContext
from tests.support.fakes.memory_folder import MemoryFolder

RESULT: dict[str, Any] = {
    "status": "ACCEPTED",
    "run_id": "posters--a",
    "attempts": 2,
    "images": 2,
    "revisions": 0,
    "cost": {"total_usd": 0.09},
    "duration_s": 20.0,
}
SUMMARY: dict[str, Any] = {
    **dict.fromkeys(("items", "accepted", "not_accepted", "errors", "rejected"), 1),
    "batch_id": "posters",
    "cost": {"total_usd": 0.09},
}


class EmittedMetrics:
    """The lines of CloudWatch's embedded metric format that a function with this environment writes."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.lines: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def record(self) -> Any:
        """Record what is emitted in the block."""
        written = io.StringIO()
        with patch.dict(os.environ, self._environment), contextlib.redirect_stdout(written):
            yield
        self.lines += [json.loads(line) for line in written.getvalue().splitlines()]

    def metrics(self) -> set[tuple[str, str, tuple[tuple[str, str], ...]]]:
        """Return each metric as CloudWatch reads it from the lines: (namespace, name, dimensions)."""
        found = set()
        for line in self.lines:
            for directive in line["_aws"]["CloudWatchMetrics"]:
                for names in directive["Dimensions"]:
                    dimensions = tuple(sorted((name, line[name]) for name in names))
                    found |= {(directive["Namespace"], metric["Name"], dimensions) for metric in directive["Metrics"]}
        return found

    def values(self, name: str) -> list[float]:
        """Return the values of one metric, in order."""
        return [line[name][0] for line in self.lines if name in line]


def pay_for_a_call(*, in_batch: bool) -> None:
    """Reserve and settle one call of a run."""
    budget = Budget("posters#1", "posters--a", 100.0) if in_batch else None
    ledger = Ledger.open(MemoryFolder("pictures", "p", "posters--a"), "step", 0.0, 5.0, budget)
    call = PaidCall("image", "attempt", "some-model", 0.04)
    with patch.object(Budget, "hold", lambda *_, **__: True):
        ledger.reserve([call])
        call.cost_usd = 0.04
        ledger.write()


def be_throttled() -> None:
    """Invoke a function whose call Bedrock throttles."""

    @log_invocation("generate")
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        raise ModelThrottledError("too often")

    with contextlib.suppress(ModelThrottledError):
        handler({}, LambdaContext())


def refuse_a_manifest() -> None:
    """A start of the batch machine that names no manifest."""
    execution: BatchExecution = {"id": "arn:batch", "name": "batch", "started_at": "2026-11-21T06:00:00Z"}
    plan({"event": {}, "execution": execution}, LambdaContext())


def emit_everything(environment: dict[str, str]) -> EmittedMetrics:
    """Emit every metric that the functions have."""
    emitted = EmittedMetrics(environment)
    with emitted.record():
        emit_run(RESULT, blocked=1, in_batch=True)
        emit_batch(SUMMARY)
        pay_for_a_call(in_batch=True)
        be_throttled()
        refuse_a_manifest()
    return emitted
