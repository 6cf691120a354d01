"""`retake doctor`: whether a run would work, here, with Bedrock in AWS, or on a deployed stack."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from retake.commands.options import Region
from retake.view import exit_codes
from retake.view.output import printable, to_json, write_stdout

if TYPE_CHECKING:
    from retake.view.findings import Finding


def doctor(
    bedrock: Annotated[
        Literal["local", "aws"] | None,
        typer.Option(help="Check the stand-in on this machine, or Amazon Bedrock too.  [default: local]"),
    ] = None,
    stack: Annotated[
        str | None, typer.Option(metavar="NAME", help="Check this deployed stack, e.g. Retake, and its models.")
    ] = None,
    region: Region = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="The folder to be used.  [default: out]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON list.")] = False,
) -> int:
    """Check whether a run would work. Each finding is one line with its fix: ok, warn or FAIL. Nothing is paid for.

    Here: Python, packages, output folder, disk, retake.toml, variables, stand-in. With --bedrock aws also: credentials,
    and for each model of the settings access, lifecycle, and quotas against what a batch plans. With --stack: the same for
    the deployed settings, the stack, its bucket and machines, and Lambda's quota of concurrent executions.

    A check without permission is a warning that names the permission (docs/iam.md lists all of them).

    \b
    Examples:
      retake doctor
      AWS_PROFILE=studio retake doctor --bedrock aws
      retake doctor --stack Retake --region us-east-1 --json | jq '.[] | select(.level != "ok")'

    \b
    Exit codes:
      0  a run would work, perhaps with warnings
      1  a run would fail
      2  a bad command line
    """  # noqa: D301
    from retake.view.errors import BadInputError
    from retake.view.findings import has_failure

    if region is not None and stack is None and bedrock != "aws":
        raise BadInputError("--region: needs --stack NAME or --bedrock aws; give one of them, or leave it out")
    findings = []
    for finding in _findings(bedrock, stack, region, out):
        findings.append(finding)
        if not as_json:
            write_stdout(printable(finding.format()).encode())
    if as_json:
        write_stdout(to_json([asdict(finding) for finding in findings]))
    return exit_codes.NOT_ACCEPTED if has_failure(findings) else exit_codes.ACCEPTED


def _findings(bedrock: str | None, stack: str | None, region: str | None, out: Path | None) -> "Iterator[Finding]":
    if stack is not None:
        from retake.deployed.doctor import check_stack

        yield from check_stack(stack, region)
        return
    from retake.laptop.doctor import check_catalogue, check_inputs, check_machine

    config, settings, findings = check_inputs(os.environ)
    yield from check_machine(out or Path(config.options.get("out", "out")))
    yield from findings
    if settings is None:
        return
    if (bedrock or config.options.get("bedrock", "local")) == "local":
        yield from check_catalogue(settings)
        return
    from retake.deployed.doctor import check_bedrock

    yield from check_bedrock(region, settings)
