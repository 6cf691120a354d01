"""The boto3 clients, each created once per process."""

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from lambdas.core.runtime.functions import CONNECT_TIMEOUT_S
from lambdas.core.runtime.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient


@cache
def s3() -> "S3Client":
    """Return the S3 client. The SDK retries: writing a record twice does no harm."""
    # Conclude batch reads with 16 threads.
    return boto3.client("s3", config=Config(max_pool_connections=16))


@cache
def dynamodb() -> Any:
    """Return the DynamoDB client, for the batch table."""
    return boto3.client("dynamodb")


@cache
def stepfunctions() -> "SFNClient":
    """Return the Step Functions client, which says whether another execution is still running."""
    return boto3.client("stepfunctions")


@cache
def events() -> Any:
    """Return the EventBridge client, for the event that a batch has ended."""
    return boto3.client("events")


@cache
def bedrock_for_images() -> "BedrockRuntimeClient":
    """Return the Bedrock client for the image model's Region. The SDK never retries: one state retry, one paid call."""
    return _bedrock(settings().image_region, settings().image_read_timeout_s)


@cache
def bedrock_for_claude() -> "BedrockRuntimeClient":
    """Return the Bedrock client for Claude's Region. The SDK never retries, so that the ledger has every paid call."""
    return _bedrock(settings().claude_region, settings().claude_read_timeout_s)


def _bedrock(region: str, read_timeout_s: float) -> "BedrockRuntimeClient":
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=read_timeout_s,
        # AWS: the default retry mode repeats a call after a read timeout, and so would pay twice for a slow picture.
        retries={"total_max_attempts": 1},
        # AWS: a NAT gateway drops a connection after 350 s without traffic.
        tcp_keepalive=True,
        max_pool_connections=10,
    )
    return boto3.client("bedrock-runtime", region_name=region, config=config)


def clear() -> None:
    """Forget every client and the settings. Call it after changing the environment variables."""
    for cached in (s3, dynamodb, stepfunctions, events, bedrock_for_images, bedrock_for_claude, settings):
        cached.cache_clear()
