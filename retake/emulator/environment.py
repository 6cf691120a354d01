"""The process's environment while the laptop's cloud is up, and the guard that keeps its requests at home."""

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

# The services that boto3's credential chain asks (roles, IAM Identity Center, `aws login`), as moto names and hosts.
CREDENTIAL_SERVICES = ["sts", "ssoadmin"]
_CREDENTIAL_HOST = re.compile(
    r"(sts|portal\.sso|oidc|([a-z0-9-]+\.)?signin)\.([a-z0-9-]+\.)?(amazonaws|aws\.amazon)\.com"
)


class NoCredentialsError(Exception):
    """Bedrock was asked for in AWS, and boto3 finds no credentials. The message is for the user."""


class OutboundError(Exception):
    """A request that is not Bedrock's was about to leave the machine. A fault of ours."""


@contextmanager
def local_environment(bedrock_url: str | None, settings: Mapping[str, str]) -> Iterator[None]:
    """For the length of the block, AWS is this process; Bedrock alone is at `bedrock_url`, or really in AWS if None.

    Raises:
        NoCredentialsError: `bedrock_url` is None and there is nothing to sign Bedrock's requests with.
    """
    with (
        patch.dict(os.environ),
        patch.object(URLLib3Session, "send", _guarded(URLLib3Session.send, bedrock_url)),
        patch.object(boto3, "DEFAULT_SESSION", None),
    ):
        if bedrock_url is not None:
            _forget_aws()
            _use_made_up_credentials()
            os.environ[_BEDROCK_ENDPOINT] = bedrock_url
        else:
            endpoint = os.environ.get(_BEDROCK_ENDPOINT) or os.environ.get("AWS_ENDPOINT_URL")
            _forget_endpoints()
            if endpoint:
                os.environ[_BEDROCK_ENDPOINT] = endpoint
        os.environ |= {
            **settings,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            # Standard output belongs to the result.
            "POWERTOOLS_METRICS_DISABLED": "true",
        }
        for name in ("NO_PROXY", "no_proxy"):
            os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
        if bedrock_url is None:
            _find_credentials()
        yield


def _find_credentials() -> None:
    """Resolve the user's credentials once, for every client: a role with MFA asks for a code each time."""
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
        # A Bedrock API key signs for Bedrock only; the local S3 takes any credentials, but wants some.
        _use_made_up_credentials()
        boto3.setup_default_session()


def _forget_aws() -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    # The files of ~/.aws may name endpoints and credential processes.
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def _forget_endpoints() -> None:
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
        del os.environ[name]


def _use_made_up_credentials() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


def _guarded(original: Any, bedrock_url: str | None) -> Any:
    def send(session: URLLib3Session, request: Any) -> Any:
        if not _may_leave(request, bedrock_url):
            raise OutboundError(f"not sent: {request.method} {request.url}; only Bedrock may be called from here")
        return original(session, request)

    return send


def _may_leave(request: Any, bedrock_url: str | None) -> bool:
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
    """Where a machine or a container in AWS asks for its own credentials, unsigned."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_link_local or address.is_loopback or address == ipaddress.ip_address("fd00:ec2::254")
