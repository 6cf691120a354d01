"""`retake serve`: the pipeline as an AWS endpoint."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retake.commands.options import Bedrock, Faults
from retake.view import exit_codes
from retake.view.output import answer, failed, say, unexpected
from retake.view.signals import interrupts

if TYPE_CHECKING:
    from retake.emulator.serve.deployment import Deployment
    from standin import Fault

DEFAULT_PORT = 4566
"""LocalStack's, which tools for local AWS know."""


def serve(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where to listen on 127.0.0.1; 0 for any free port.")] = (
        DEFAULT_PORT
    ),
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the bucket's objects here (default: nothing is kept).")
    ] = None,
    bedrock: Bedrock = "local",
    faults: Faults = None,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The cdk.json whose retake:* settings hold (default: ours).")
    ] = None,
) -> int:
    """Serve the whole pipeline as an AWS endpoint on this machine, for the AWS CLI and every SDK.

    Both state machines, the bucket, the rules that start a batch and the schedules of cdk.json are in place. Schedules
    are listed and never fire. Loopback only; Ctrl-C stops it. With --data the bucket and what batches have spent are
    there again at the next start; the executions' histories are not.

    \b
    Examples (the exports are printed, and paste into another shell):
      retake serve
      aws stepfunctions start-execution --state-machine-arn $RETAKE_LOOP --input file://events/simple-en.json
      aws s3 cp events/batch.jsonl $RETAKE_S3/batches/
      aws stepfunctions list-executions --state-machine-arn $RETAKE_BATCH
      retake start events/aurora-ja.json --stack Retake

    Standard output holds the exports; what starts and ends is told on standard error.

    \b
    Exit codes:
      0    stopped (Ctrl-C, SIGTERM)
      2    nothing was served: the port is taken, or bad input
      3    a fault: the credentials, this machine
    """  # noqa: D301 - \b is how a paragraph asks not to be wrapped
    from retake.emulator.serve.deployment import CDK_JSON, read_deployment
    from retake.inputs.fault_script import read_fault_script
    from retake.inputs.out_folder import make_out_folder

    script = read_fault_script(bedrock, faults)
    deployment = read_deployment(settings or CDK_JSON, os.environ)
    if data:
        make_out_folder(data, "--data")
    with interrupts(lambda: None):
        try:
            return _serve(deployment, port, data, script)
        except KeyboardInterrupt:
            return exit_codes.ACCEPTED


def _serve(deployment: "Deployment", port: int, data: Path | None, script: "tuple[Fault, ...] | None") -> int:
    say("starting")
    from retake.emulator.environment import NoCredentialsError
    from retake.emulator.lock import FolderInUseError
    from retake.emulator.serve.endpoint import PortError
    from retake.emulator.serve.server import LOG, start_server, wait_for_interrupt

    try:
        with start_server(deployment, port, data, script) as server:
            for line in server.describe():
                say(line)
            answer(server.shell_exports().encode())
            try:
                wait_for_interrupt()
            finally:
                say("stopping after the calls under way (Ctrl-C again to leave at once)")
    except FolderInUseError:
        return failed(f"--data {data}: is being served by another process; give another", exit_codes.BAD_INPUT)
    except PortError:
        raise
    except NoCredentialsError as error:
        return failed(str(error))
    except Exception as error:
        return unexpected(error, (data or Path()) / LOG)
    return exit_codes.ACCEPTED
