"""The state of a run, which the state machine passes from step to step."""

from dataclasses import asdict, dataclass
from typing import Any

from lambdas.core.money.ledger import Ledger
from lambdas.core.request.request import Request
from lambdas.core.storage.run_folder import RunFolder

ACCEPTED_BEFORE = "ACCEPTED_BEFORE"
"""The value of `ending` for an item that was accepted in an earlier execution of its batch. Its result is kept."""


@dataclass(frozen=True, kw_only=True)
class RunState:
    """The place of the run's records, and the limits that the Choice states read.

    Prepare creates it, and no step changes it.
    """

    bucket: str
    prefix: str
    run_id: str
    max_retry_attempts: int
    max_prompt_revisions: int
    revise_policy: str
    resumed: bool
    """Whether an earlier execution began the run."""
    counter: str
    """The entry of the batch table that counts the ended items of this execution; "" outside a batch."""

    @classmethod
    def of(cls, request: Request, *, resumed: bool = False) -> "RunState":
        """Return the state of the request's run."""
        return cls(
            bucket=request.output_s3_bucket_name,
            prefix=request.output_s3_key_prefix,
            run_id=request.run_id,
            max_retry_attempts=request.max_retry_attempts,
            max_prompt_revisions=request.max_prompt_revisions,
            revise_policy=request.revise_policy,
            resumed=resumed,
            counter=request.batch.counter if request.batch else "",
        )

    @property
    def folder(self) -> RunFolder:
        """The run's folder."""
        return RunFolder(self.bucket, self.prefix, self.run_id)

    def open_ledger(self, step: str, request: Request, spent_usd: float) -> Ledger:
        """Return the ledger of a step.

        spent_usd: the cost of the steps that this execution has taken so far.

        Raises:
            RecordError: S3 failed (retried by the state machine).
        """
        return Ledger.of_step(self.folder, step, request, spent_usd=spent_usd, is_resumed=self.resumed)

    def to_state(self) -> dict[str, Any]:
        """Return the value of the machine's variable `run`."""
        return asdict(self)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> "RunState":
        """Return the run from the value of the machine's variable `run`."""
        return cls(**state)
