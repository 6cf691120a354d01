"""Files in the folder become objects again, so that a new process can resume their run."""

import pytest

from retake.emulator.folder import UnsafeKeyError
from retake.emulator.restore import restore_run
from tests.support.harnesses.mirrored_folder import BYTES


def test_restore_run_when_it_was_interrupted_then_its_objects_are_back_and_nothing_is_written_or_reported(
    s3, folder, seen
):
    (folder.root / "run-1/r00/a01").mkdir(parents=True)
    (folder.root / "run-1/r00/a01/image-1.png").write_bytes(BYTES)
    (folder.root / "run-1/r00/notes.json").write_bytes(b"{}")
    (folder.root / "run-1/.f00.tmp").write_bytes(b"unfinished")
    (folder.root / "run-10").mkdir()
    (folder.root / "run-10/request.json").write_bytes(b"another run's")
    before = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*")}

    assert restore_run(folder, "run-1", "pictures", "generated-images") == 2

    found = s3.list_objects_v2(Bucket="pictures")["Contents"]
    keys = ["generated-images/run-1/r00/a01/image-1.png", "generated-images/run-1/r00/notes.json"]
    assert sorted(item["Key"] for item in found) == sorted(keys)
    assert s3.get_object(Bucket="pictures", Key=keys[0])["Body"].read() == BYTES
    assert {path: path.stat().st_mtime_ns for path in folder.root.rglob("*")} == before
    assert seen == []


@pytest.mark.parametrize("run_id", ["..", ".", "", "a/b", "../x", "x" * 81])
def test_restore_run_when_it_is_no_run_id_then_it_is_refused(folder, run_id):
    with pytest.raises(UnsafeKeyError):
        restore_run(folder, run_id, "pictures", "generated-images")
