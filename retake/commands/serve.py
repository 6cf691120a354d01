"""`retake serve`: serve the pipeline as an AWS endpoint."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retake.commands.options import Bedrock, Faults
from retake.view import exit_codes
from retake.view.errors import CommandError
from retake.view.output import print_error, print_stderr, report_bug, write_stdout
from retake.view.signals import interrupts

if TYPE_CHECKING:
    from retake.emulator.serve.clock import Clock
    from retake.emulator.serve.deployment import Deployment
    from standin import Fault

DEFAULT_PORT = 4566
"""The port of LocalStack, which tools for local AWS use by default."""


def serve(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port on 127.0.0.1; 0 for any free port.")] = (
        DEFAULT_PORT
    ),
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the objects of the bucket here.  [default: nothing is kept]"),
    ] = None,
    bedrock: Bedrock = "local",
    faults: Faults = None,
    clock: Annotated[
        str,
        typer.Option(
            metavar="SPEED|TIME",
            help="The clock of schedules: a speed (60x: a minute a second), the time at which it starts "
            '(2026-12-01T08:59:00Z), or both ("2026-12-01T08:59:00Z 60x").',
        ),
    ] = "1x",
    settings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The cdk.json with the retake:* settings.  [default: the one of this repository]"
        ),
    ] = None,
) -> int:
    """Serve the whole pipeline as an AWS endpoint here.

    The AWS CLI and every SDK can call it.

    It has the functions, both state machines, the bucket, the rules that start a batch, and the schedules of cdk.json,
    which fire when they are due. It listens on loopback only; Ctrl-C stops it. With --data, the next start finds the
    objects of the bucket and the spending of batches again, but not the histories of executions.

    \b
    Examples (paste the printed exports into another shell):
      retake serve
      aws stepfunctions start-execution --state-machine-arn $RETAKE_LOOP --input file://events/simple-en.json
      aws s3 cp events/batch.jsonl $RETAKE_S3/batches/
      aws stepfunctions list-executions --state-machine-arn $RETAKE_BATCH
      retake start events/aurora-ja.json --stack Retake
      retake serve --clock "2026-12-01T05:59:00Z 60x"

    Standard output gets the exports. Standard error gets a line when an execution starts or ends.

    \b
    Exit codes:
      0    stopped (Ctrl-C, SIGTERM)
      2    not started: the port is taken, or bad input
      3    a fault: the credentials, this machine
    """  # noqa: D301 - \b keeps a paragraph from being wrapped
    from retake.emulator.serve.clock import parse_clock
    from retake.emulator.serve.deployment import CDK_JSON, read_deployment
    from retake.inputs.config import load_config
    from retake.inputs.fault_script import read_fault_script
    from retake.inputs.out_folder import make_out_folder

    script = read_fault_script(bedrock, faults)
    # The file of --settings is typed, so it overrides retake.toml.
    environment = os.environ if settings else load_config().environment(os.environ)
    deployment = read_deployment(settings or CDK_JSON, environment)
    schedules_clock = parse_clock(clock)
    if data:
        make_out_folder(data, "--data")
    with interrupts(lambda: None):
        try:
            return _serve(deployment, port, data, script, schedules_clock)
        except KeyboardInterrupt:
            return exit_codes.ACCEPTED


def _serve(
    deployment: "Deployment", port: int, data: Path | None, script: "tuple[Fault, ...] | None", clock: "Clock"
) -> int:
    print_stderr("starting")
    from lambdas.core.runtime.errors import RecordError
    from retake.emulator.environment import NoCredentialsError
    from retake.emulator.serve.server import LOG, start_server, wait_for_interrupt

    try:
        with start_server(deployment, port, data, script, clock) as server:
            for line in server.describe():
                print_stderr(line)
            write_stdout(server.shell_exports().encode())
            try:
                wait_for_interrupt()
            finally:
                print_stderr("stopping after the calls in flight (Ctrl-C again to quit at once)")
    except (CommandError, RecordError):
        raise
    except NoCredentialsError as error:
        return print_error(str(error))
    except Exception as error:
        return report_bug(error, (data or Path()) / LOG)
    return exit_codes.ACCEPTED
