"""Only safe keys become files, and every file is written whole."""

import os
import threading

import pytest

from retake.emulator.folder import UnsafeKeyError
from tests.support.harnesses.mirrored_folder import files


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
    assert list(folder.run_files("run-1")) == []


def test_write_when_the_disk_is_full_then_the_old_file_stays_and_s3_gets_nothing(folder, monkeypatch):
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
