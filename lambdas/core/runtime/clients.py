"""The boto3 clients, each made once per process."""

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
    """S3, with the SDK's own retries: a record that is written twice costs nothing."""
    return boto3.client("s3")


@cache
def dynamodb() -> Any:
    """DynamoDB, where a batch's counter is."""
    return boto3.client("dynamodb")


@cache
def stepfunctions() -> "SFNClient":
    """Step Functions, which knows whether another execution still runs."""
    return boto3.client("stepfunctions")


@cache
def events() -> Any:
    """EventBridge, which is told that a batch has ended."""
    return boto3.client("events")


@cache
def bedrock_for_images() -> "BedrockRuntimeClient":
    """Bedrock where the image model lives. The SDK never retries: one state retry is one paid call."""
    return _bedrock(settings().image_region, settings().image_read_timeout_s)


@cache
def bedrock_for_claude() -> "BedrockRuntimeClient":
    """Bedrock where Claude is called. The SDK never retries, so that every call is metered."""
    return _bedrock(settings().claude_region, settings().claude_read_timeout_s)


def _bedrock(region: str, read_timeout_s: float) -> "BedrockRuntimeClient":
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=read_timeout_s,
        # AWS: the default mode retries read timeouts, and would pay again for a slow picture.
        retries={"total_max_attempts": 1},
        # AWS: a NAT gateway drops a connection that is idle for 350 s.
        tcp_keepalive=True,
        max_pool_connections=10,
    )
    return boto3.client("bedrock-runtime", region_name=region, config=config)


def clear() -> None:
    """Forget every client and the settings they were made from (a process that changes its environment calls it)."""
    for cached in (s3, dynamodb, stepfunctions, events, bedrock_for_images, bedrock_for_claude, settings):
        cached.cache_clear()
