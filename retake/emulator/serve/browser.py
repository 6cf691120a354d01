"""Results, reports and pictures of the served stack in a browser on this machine."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import boto3
from botocore.client import ClientMeta


@contextmanager
def open_to_browsers(url: str, buckets: Iterable[str]) -> Iterator[None]:
    """Inside the block, let anyone who reaches the endpoint at `url` read the buckets, and write its address in results."""
    s3 = boto3.client("s3")
    for bucket in buckets:
        # A browser signs nothing. The endpoint answers this machine only.
        reads = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [reads]}))

    def endpoint_url(meta: Any) -> Any:
        return url if meta.service_model.service_name == "s3" else meta._endpoint_url

    # moto: answers this process's clients before their requests reach an address, so they know only that of AWS.
    with patch.object(ClientMeta, "endpoint_url", property(endpoint_url)):
        yield
