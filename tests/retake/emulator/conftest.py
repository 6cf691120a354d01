"""A folder that mirrors the bucket `pictures` of moto's S3."""

import boto3
import pytest
from moto import mock_aws

from retake.emulator.folder import Folder
from retake.emulator.patches.s3 import patch_s3


@pytest.fixture
def seen():
    """(path, body) of each write that the folder reported."""
    return []


@pytest.fixture
def folder(tmp_path, seen):
    folder = Folder(tmp_path / "out", lambda key, body: seen.append((key, body)))
    folder.hide_prefix("generated-images")
    return folder


@pytest.fixture
def s3(folder, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(), patch_s3(folder, "pictures"):
        client = boto3.client("s3")
        client.create_bucket(Bucket="pictures")
        client.create_bucket(Bucket="elsewhere")
        yield client
