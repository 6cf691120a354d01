"""Every Lambda function, one row each: its state, its size, its time, its record, and how people see it.

To add a function, add its row here, its handler in `lambdas/{name}/`, its state in the machine, and its permissions in
`infra/permissions.py`.

The time limits grow from the inside out: the client's read timeout < the function's timeout < the state's
`TimeoutSeconds`, at least 30 s apart, so that a retry never pays for a picture that is still being made. A test asserts
it for every task of the state machine.
"""

from dataclasses import dataclass
from typing import Literal

from lambdas.core.runtime.batch_paths import SUMMARY
from lambdas.core.runtime.records import REQUIREMENTS

# AWS: Bedrock's advice for image generation is a read timeout of at least 300 s (the SDK's default is 60 s).
IMAGE_READ_TIMEOUT_S = 300
CLAUDE_READ_TIMEOUT_S = 120
CONNECT_TIMEOUT_S = 10

MARGIN_S = 30

# Pictures need a fifth of 1,024 MB, but Lambda's share of CPU grows with the memory: 1,769 MB is one whole CPU.
_FOR_TEXT_MB, _FOR_PICTURES_MB, _FOR_100_000_LINES_MB = 512, 1024, 1769
# AWS: what every function has.
DEFAULT_DISK_MB = 512


@dataclass(frozen=True, kw_only=True)
class Function:
    """One row. The name is the folder in `lambdas/`, the `function` of a log line, and the function's name here."""

    name: str
    machine: Literal["loop", "batch"]
    """The machine in whose definition its state is. The batch machine runs the loop's states inside its map."""
    state: str
    asks: Literal["claude", "image_model"] | None = None
    """The kind of model that it calls."""
    timeout_s: int
    memory_mb: int
    disk_mb: int = DEFAULT_DISK_MB
    record: str | None = None
    """The record of its paid work: where it exists, the function only reads. `{wording}` is `r00`, `{attempt}` is
    `r00/a01`."""
    ledger: str | None = None
    """The ledger of its paid calls: a file in the folder `ledger`, without `.json`. `{wording}` and `{attempt}` are as in
    `record`, with hyphens for slashes."""
    progress: str | None = None
    """Its activity, for the progress line; None if no command shows it. Short up to the colon."""
    harm: str | None = None
    """The harm if it fails; a failure then raises an alarm. None if its faults reach Conclude, which counts them."""

    @property
    def construct_name(self) -> str:
        """Its name in the template and in the machines' placeholders: ConcludeBatch for conclude_batch."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def placeholder(self) -> str:
        """The placeholder of its ARN in a machine's definition: ConcludeBatchFunctionArn."""
        return f"{self.construct_name}FunctionArn"

    @property
    def module(self) -> str:
        """The module of its handler, which is called `handler`."""
        return f"lambdas.{self.name}.handler"

    @property
    def state_timeout_s(self) -> int:
        """The state's `TimeoutSeconds`."""
        return self.timeout_s + MARGIN_S


FUNCTIONS = {
    row.name: row
    for row in (
        Function(
            name="prepare",
            machine="loop",
            state="Prepare",
            asks="claude",
            # In one invocation Claude may be asked a question, and to repair its answer.
            timeout_s=2 * CLAUDE_READ_TIMEOUT_S + MARGIN_S,
            memory_mb=_FOR_TEXT_MB,
            record=REQUIREMENTS,
            ledger="requirements",
            progress="preparing: finding what the picture must show",
        ),
        Function(
            name="generate",
            machine="loop",
            state="Generate image",
            asks="image_model",
            timeout_s=IMAGE_READ_TIMEOUT_S + MARGIN_S,
            memory_mb=_FOR_PICTURES_MB,
            record="{attempt}/attempt.json",
            ledger="{attempt}-image",
            progress="generating",
        ),
        Function(
            name="validate",
            machine="loop",
            state="Validate image",
            asks="claude",
            timeout_s=2 * CLAUDE_READ_TIMEOUT_S + MARGIN_S,
            memory_mb=_FOR_PICTURES_MB,
            record="{attempt}/verdict.json",
            ledger="{attempt}-verdict",
            progress="judging",
        ),
        Function(
            name="revise",
            machine="loop",
            state="Revise prompt",
            asks="claude",
            # A new wording is also checked each time.
            timeout_s=4 * CLAUDE_READ_TIMEOUT_S + MARGIN_S,
            memory_mb=_FOR_TEXT_MB,
            record="{wording}/prompt.json",
            ledger="{wording}-prompt",
            progress="revising the prompt",
        ),
        Function(
            name="conclude",
            machine="loop",
            state="Conclude",
            timeout_s=120,
            memory_mb=_FOR_PICTURES_MB,
            progress="writing the result and the report",
            harm="A run may have no result.json and its execution ends in 'Not concluded'; its pictures are kept",
        ),
        Function(
            name="plan",
            machine="batch",
            state="Plan batch",
            # A manifest of 100,000 lines is checked in one invocation, and the plan is written on disk before it goes to S3.
            timeout_s=870,
            memory_mb=_FOR_100_000_LINES_MB,
            disk_mb=2048,
            progress="planning",
            harm="A batch may not have started; nothing was paid for it",
        ),
        Function(
            name="conclude_batch",
            machine="batch",
            state="Conclude batch",
            # 100,000 records are read in one invocation. The plan, the map's rows and the results are on disk: about 4 KB a line.
            timeout_s=870,
            memory_mb=_FOR_100_000_LINES_MB,
            disk_mb=8192,
            harm=f"A batch may have no {SUMMARY}; every item's own result is kept",
        ),
    )
}

LOOP_FUNCTIONS = {name: row for name, row in FUNCTIONS.items() if row.machine == "loop"}
"""The functions of one run."""

TIMEOUTS_S = {name: row.timeout_s for name, row in FUNCTIONS.items()}
"""The functions' timeouts, by name."""
