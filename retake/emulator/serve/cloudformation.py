"""CloudFormation's DescribeStacks for the one served stack. `retake start --stack` finds the stack by it."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from moto.core.models import DEFAULT_ACCOUNT_ID

from retake.emulator.environment import REGION

_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
SIGNED_FOR = re.compile(r"/([a-z0-9-]+)/cloudformation/aws4_request")
"""In the Authorization header of a request to CloudFormation; the group is its Region."""
_STARTED_AT = datetime.now(UTC)


def describe_stacks(
    environ: Mapping[str, Any], respond: Callable[..., Any], stack_name: str, outputs: Mapping[str, str]
) -> Iterable[bytes]:
    """Answer DescribeStacks, or send AWS's error for any other stack or action."""
    # moto: its CloudFormation imports all of its services, and everything that each of them depends on.
    asked = parse_qs(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode())
    action, name = asked.get("Action", [""])[0], asked.get("StackName", [stack_name])[0]
    stack_id = f"arn:aws:cloudformation:{REGION}:{DEFAULT_ACCOUNT_ID}:stack/{stack_name}/local"
    if action != "DescribeStacks":
        return _error(respond, "InvalidAction", f"{action}: this endpoint answers DescribeStacks only")
    signed_for = SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", ""))
    if name not in (stack_name, stack_id) or (signed_for and signed_for[1] != REGION):
        return _error(respond, "ValidationError", f"Stack with id {name} does not exist")
    members = "".join(
        f"<member><OutputKey>{escape(key)}</OutputKey><OutputValue>{escape(value)}</OutputValue></member>"
        for key, value in outputs.items()
    )
    return _xml(
        respond,
        "200 OK",
        f'<DescribeStacksResponse xmlns="{_NAMESPACE}"><DescribeStacksResult><Stacks><member>'
        f"<StackId>{stack_id}</StackId><StackName>{escape(stack_name)}</StackName>"
        f"<CreationTime>{_STARTED_AT:%Y-%m-%dT%H:%M:%SZ}</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>"
        f"<Outputs>{members}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
    )


def _error(respond: Callable[..., Any], code: str, message: str) -> Iterable[bytes]:
    return _xml(
        respond,
        "400 Bad Request",
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{escape(message)}</Message></Error></ErrorResponse>",
    )


def _xml(respond: Callable[..., Any], status: str, body: str) -> Iterable[bytes]:
    content = body.encode()
    respond(status, [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(content)))])
    return [content]
