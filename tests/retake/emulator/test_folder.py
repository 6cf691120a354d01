import os
import threading

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from moto import mock_aws

from retake.emulator.folder import Folder, UnsafeKeyError, load, s3_in

BYTES = bytes(range(256)) * 40


@pytest.fixture
def seen():
    return []


@pytest.fixture
def folder(tmp_path, seen):
    folder = Folder(tmp_path / "out", lambda key, body: seen.append((key, body)))
    folder.hide("generated-images")
    return folder


@pytest.fixture
def s3(folder, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(), s3_in(folder, "pictures"):
        client = boto3.client("s3")
        client.create_bucket(Bucket="pictures")
        client.create_bucket(Bucket="elsewhere")
        yield client


def files(folder):
    return sorted(path.relative_to(folder.root).as_posix() for path in folder.root.rglob("*") if path.is_file())


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


def test_put_when_another_bucket_is_meant_then_nothing_is_written(s3, folder, seen):
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


def test_put_when_the_prefix_is_the_events_then_it_is_left_out_too(s3, folder):
    folder.hide("/campaign/may/")
    s3.put_object(Bucket="pictures", Key="campaign/may/run-1/result.json", Body=b"1")
    s3.put_object(Bucket="pictures", Key="campaign/june/run-1/result.json", Body=b"1")
    assert files(folder) == ["campaign/june/run-1/result.json", "run-1/result.json"]


@pytest.mark.parametrize(
    "key",
    [
        "../x",
        "generated-images/../x",
        "generated-images/run-1/../../../x",
        "generated-images//etc/passwd",
        "/etc/passwd",
        "generated-images/run-1/./x",
        "generated-images/run-1/",
        "generated-images/run-1/..\\x",
        "generated-images/C:/x",
        "generated-images/run-1/a\nb",
        "generated-images/run-1/.hidden",
        "generated-images/run-1/a\x00",
    ],
)
def test_key_when_it_is_no_plain_path_then_it_is_refused(folder, key):
    put = []
    with pytest.raises(UnsafeKeyError):
        folder.write(key, b"1", lambda: put.append(key))
    assert put == []
    assert not folder.root.exists()


def test_key_when_a_link_leads_out_then_it_is_refused(folder, tmp_path):
    (tmp_path / "outside").mkdir()
    (folder.root / "run-1").mkdir(parents=True)
    (folder.root / "run-1/r00").symlink_to(tmp_path / "outside")
    (folder.root / "run-1/result.json").symlink_to(tmp_path / "outside/result.json")
    for key in ("run-1/r00/x", "run-1/result.json"):
        with pytest.raises(UnsafeKeyError, match="by a link"):
            folder.write(f"generated-images/{key}", b"1", lambda: None)
    (tmp_path / "outside/result.json").write_bytes(b"1")
    assert list(folder.files_of("run-1")) == []


def test_write_when_it_breaks_off_then_the_old_file_stays_and_s3_is_not_told(folder, monkeypatch):
    folder.write("run-1/a", b"old", lambda: None)
    put = []

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        folder.write("run-1/a", b"new", lambda: put.append(1))
    assert ((folder.root / "run-1/a").read_bytes(), put, files(folder)) == (b"old", [], ["run-1/a"])


def test_write_when_many_write_one_key_then_every_reader_sees_a_whole_file(folder):
    bodies = [bytes([n]) * 200_000 for n in range(6)]
    folder.write("run-1/a", bodies[0], lambda: None)
    stop, torn = threading.Event(), []

    def read():
        while not stop.is_set():
            found = (folder.root / "run-1/a").read_bytes()
            if found not in bodies:
                torn.append(len(found))

    reader = threading.Thread(target=read)
    reader.start()
    writers = [
        threading.Thread(target=lambda body=body: [folder.write("run-1/a", body, lambda: None) for _ in range(20)])
        for body in bodies
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    reader.join()
    assert torn == []


def test_load_when_a_run_was_left_then_its_objects_are_back_and_nothing_is_written_or_told(s3, folder, seen):
    (folder.root / "run-1/r00/a01").mkdir(parents=True)
    (folder.root / "run-1/r00/a01/image-1.png").write_bytes(BYTES)
    (folder.root / "run-1/request.json").write_bytes(b"{}")
    (folder.root / "run-1/.f00.tmp").write_bytes(b"unfinished")
    (folder.root / "run-10").mkdir()
    (folder.root / "run-10/request.json").write_bytes(b"another run's")
    before = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*")}

    assert load(folder, "run-1", "pictures", "generated-images") == 2

    found = s3.list_objects_v2(Bucket="pictures")["Contents"]
    keys = ["generated-images/run-1/r00/a01/image-1.png", "generated-images/run-1/request.json"]
    assert sorted(item["Key"] for item in found) == sorted(keys)
    assert s3.get_object(Bucket="pictures", Key=keys[0])["Body"].read() == BYTES
    assert {path: path.stat().st_mtime_ns for path in folder.root.rglob("*")} == before
    assert seen == []


@pytest.mark.parametrize("run_id", ["..", ".", "", "a/b", "../x", "x" * 81])
def test_load_when_it_is_no_run_id_then_it_is_refused(folder, run_id):
    with pytest.raises(UnsafeKeyError):
        load(folder, run_id, "pictures", "generated-images")


def test_a_listing_that_other_threads_disturb_is_made_again(tmp_path, monkeypatch):
    from retake.emulator import folder

    calls = []

    def disturbed(*_):
        calls.append(1)
        if len(calls) < 3:
            raise RuntimeError("dictionary changed size during iteration")
        return "listing"

    assert folder._listed_again(disturbed)() == "listing"
    assert len(calls) == 3
