"""What moto lacks, one service a file. Each gap is named in a `# moto:` comment above its workaround.

* `definition`: the fields of a state machine that moto's parser refuses.
* `dynamodb`: transactions that are safe among threads.
* `eventbridge`: S3 events as AWS sends them, and state machines as targets of rules.
* `executions`: what is described of an execution, and the error and cause of a stop.
* `history`: a history in pages, and in reverse.
* `jsonata`: the evaluator of JSONata expressions.
* `lambda_api`: Lambda that runs Python handlers in this process.
* `lambda_invoke`: the three types of an invocation, and the end of its log.
* `redrive`: the redrive of an execution.
* `s3`: objects as files, atomic conditional writes, fast listings.
* `scheduler`: checks of schedules, and their clock.
* `shortcuts`: frequent requests without HTTP, for speed.
* `stepfunctions`: the rest of Step Functions: sizes, names, stops, notifications, speed.

Each has one context manager, `patch_…`, that is undone when its block ends.
"""

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import Mock


@contextmanager
def _without_ec2() -> Iterator[None]:
    # moto: its interpreter imports moto.batch for one enum, and with it all of EC2's tables (1 s of a run's start).
    if "moto.batch" in sys.modules:
        yield
        return
    utils = types.ModuleType("moto.batch.utils")
    utils.JobStatus = Mock()  # type: ignore[attr-defined]
    stand_ins = {"moto.batch": types.ModuleType("moto.batch"), "moto.batch.utils": utils}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            del sys.modules[name]


# Here, because every file of this room that imports moto's interpreter has to find it imported so.
with _without_ec2():
    import moto.stepfunctions.parser.asl.parse.asl_parser
    import moto.stepfunctions.parser.models  # noqa: F401
