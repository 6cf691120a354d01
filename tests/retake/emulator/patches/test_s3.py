"""Every object in moto's S3 is also a file, and a listing succeeds while other threads write."""

import os

import pytest
from boto3.s3.transfer import TransferConfig

from retake.emulator.patches import s3 as s3_patch
from tests.support.harnesses.mirrored_folder import BYTES, files


def test_put_when_it_returns_then_the_file_is_there_byte_for_byte(s3, folder, seen):
    s3.put_object(Bucket="pictures", Key="generated-images/run-1/r00/a01/image-1.png", Body=BYTES)
    assert (folder.root / "run-1/r00/a01/image-1.png").read_bytes() == BYTES
    assert seen == [("run-1/r00/a01/image-1.png", BYTES)]
    assert files(folder) == ["run-1/r00/a01/image-1.png"]


def test_put_when_the_key_exists_then_the_file_is_replaced(s3, folder, seen):
    for body in (b"1", b"22"):
        s3.put_object(Bucket="pictures", Key="generated-images/run-1/result.json", Body=body)
    assert (folder.root / "run-1/result.json").read_bytes() == b"22"
    assert [body for _, body in seen] == [b"1", b"22"]


def test_put_when_the_condition_fails_then_the_file_stays(s3, folder):
    key = "generated-images/run-1/ledger/a.json"
    s3.put_object(Bucket="pictures", Key=key, Body=b"first", IfNoneMatch="*")
    with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="pictures", Key=key, Body=b"second", IfNoneMatch="*")
    assert (folder.root / "run-1/ledger/a.json").read_bytes() == b"first"


def test_put_when_the_bucket_is_another_then_nothing_is_written(s3, folder, seen):
    s3.put_object(Bucket="elsewhere", Key="generated-images/run-1/result.json", Body=b"1")
    assert files(folder) == seen == []


def test_upload_in_parts_and_copy_when_done_then_the_files_are_whole(s3, folder, tmp_path):
    big = os.urandom(11 * 1024 * 1024)
    (tmp_path / "big").write_bytes(big)
    config = TransferConfig(multipart_threshold=1, multipart_chunksize=5 * 1024 * 1024)
    s3.upload_file(str(tmp_path / "big"), "pictures", "generated-images/run-1/big.png", Config=config)
    source = {"Bucket": "pictures", "Key": "generated-images/run-1/big.png"}
    s3.copy_object(Bucket="pictures", Key="generated-images/run-2/big.png", CopySource=source)
    assert (folder.root / "run-1/big.png").read_bytes() == big
    assert (folder.root / "run-2/big.png").read_bytes() == big


def test_delete_when_done_then_the_file_is_gone(s3, folder):
    for name in "abc":
        s3.put_object(Bucket="pictures", Key=f"generated-images/run-1/{name}", Body=b"1")
    s3.delete_object(Bucket="pictures", Key="generated-images/run-1/a")
    s3.delete_objects(Bucket="pictures", Delete={"Objects": [{"Key": "generated-images/run-1/b"}]})
    assert files(folder) == ["run-1/c"]


def test_put_when_an_event_names_a_prefix_then_it_is_left_out_too(s3, folder):
    folder.hide_prefix("/campaign/may/")
    s3.put_object(Bucket="pictures", Key="campaign/may/run-1/result.json", Body=b"1")
    s3.put_object(Bucket="pictures", Key="campaign/june/run-1/result.json", Body=b"1")
    assert files(folder) == ["campaign/june/run-1/result.json", "run-1/result.json"]


def test_listing_when_another_thread_disturbs_it_then_it_is_retried(tmp_path, monkeypatch):
    calls = []

    def disturbed(*_):
        calls.append(1)
        if len(calls) < 3:
            raise RuntimeError("dictionary changed size during iteration")
        return "listing"

    assert s3_patch._retry_listing(disturbed)() == "listing"
    assert len(calls) == 3
