"""The environment variables of a local cloud, and the guard that lets only requests to Bedrock leave the process."""

import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import URLLib3Session

REGION = "us-east-1"
_BEDROCK_ENDPOINT = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
_BEDROCK_KEY = "AWS_BEARER_TOKEN_BEDROCK"

# The services that boto3 asks for credentials (roles, IAM Identity Center, `aws login`), by moto's names and by host.
CREDENTIAL_SERVICES = ["sts", "ssoadmin"]
_CREDENTIAL_HOST = re.compile(
    r"(sts|portal\.sso|oidc|([a-z0-9-]+\.)?signin)\.([a-z0-9-]+\.)?(amazonaws|aws\.amazon)\.com"
)


class NoCredentialsError(Exception):
    """Bedrock is to be called in AWS, and boto3 finds no credentials. The message is for the user."""


class OutboundError(Exception):
    """A request to another service than Bedrock was about to leave the process. This is a bug in Retake."""


@contextmanager
def local_environment(bedrock_url: str | None, settings: Mapping[str, str]) -> Iterator[None]:
    """Inside the block, send requests to `bedrock_url` only, or to Bedrock in AWS if it is None.

    `settings` are added to the environment. Every change is undone at the end of the block.

    Raises:
        NoCredentialsError: `bedrock_url` is None, and boto3 finds no credentials.
    """
    with (
        patch.dict(os.environ),
        patch.object(URLLib3Session, "send", _guard(URLLib3Session.send, bedrock_url)),
        patch.object(boto3, "DEFAULT_SESSION", None),
    ):
        if bedrock_url is not None:
            _clear_aws_variables()
            _set_dummy_credentials()
            os.environ[_BEDROCK_ENDPOINT] = bedrock_url
        else:
            endpoint = os.environ.get(_BEDROCK_ENDPOINT) or os.environ.get("AWS_ENDPOINT_URL")
            _clear_endpoints()
            if endpoint:
                os.environ[_BEDROCK_ENDPOINT] = endpoint
        os.environ |= {
            **settings,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            # Metrics would go to standard output, which is for the result.
            "POWERTOOLS_METRICS_DISABLED": "true",
        }
        for name in ("NO_PROXY", "no_proxy"):
            os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
        if bedrock_url is None:
            _resolve_credentials()
        yield


def _resolve_credentials() -> None:
    # Once, for every client: a role with MFA asks for a code each time.
    try:
        boto3.setup_default_session()
        found = boto3.DEFAULT_SESSION.get_credentials() if boto3.DEFAULT_SESSION else None
        if found:
            found.get_frozen_credentials()
    except (BotoCoreError, ClientError) as fault:
        raise NoCredentialsError(f"boto3 finds no AWS credentials for Bedrock: {fault}") from None
    if found is None and not os.environ.get(_BEDROCK_KEY):
        raise NoCredentialsError(
            "boto3 finds no AWS credentials for Bedrock: run `aws configure` or `aws sso login`, set AWS_PROFILE, or "
            "use --bedrock local"
        )
    if found is None:
        # A Bedrock API key is for Bedrock only. Requests to the local S3 must be signed too, with any credentials.
        _set_dummy_credentials()
        boto3.setup_default_session()


def _clear_aws_variables() -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    # The files in ~/.aws may name endpoints and credential processes.
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def _clear_endpoints() -> None:
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
        del os.environ[name]


def _set_dummy_credentials() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


def _guard(original: Any, bedrock_url: str | None) -> Any:
    def send(session: URLLib3Session, request: Any) -> Any:
        if not _is_allowed(request, bedrock_url):
            raise OutboundError(f"not sent: {request.method} {request.url}; only Bedrock may be called from here")
        return original(session, request)

    return send


def _is_allowed(request: Any, bedrock_url: str | None) -> bool:
    url = urlsplit(str(request.url))
    host = url.hostname or ""
    if bedrock_url is not None:
        return url.netloc == urlsplit(bedrock_url).netloc
    header = request.headers.get("Authorization") or ""
    authorization = header.decode() if isinstance(header, bytes) else str(header)
    if authorization.startswith("Bearer ") or "/bedrock/aws4_request" in authorization:
        return True
    if _CREDENTIAL_HOST.fullmatch(host):
        return True
    return _is_metadata_host(host) and not authorization.startswith("AWS4-")


def _is_metadata_host(host: str) -> bool:
    """Return whether the host is one from which a machine or container in AWS gets its own credentials."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_link_local or address.is_loopback or address == ipaddress.ip_address("fd00:ec2::254")
