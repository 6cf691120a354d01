"""A disk that is full, a folder that cannot be written to, and records that are broken: named by path, with the way to resume."""

import errno
import json
import resource
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from retake.emulator.folder import Folder, FolderError
from retake.inputs.out_folder import OutFolderError, make_out_folder
from tests.support.harnesses.command import Retake

CIRCLE = "A red circle on a white background"
AGAIN = "next     start again with --run-id night "
# Records and logs fit, a picture does not.
_LIMIT_BYTES = 12_000


def limit_files() -> None:
    """Let the process write small files only, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LIMIT_BYTES, _LIMIT_BYTES))


def end(retake: Retake, *arguments: str) -> tuple[int, str]:
    """Run the command on the full disk; return its exit code and its standard error."""
    process = retake.start(*arguments, preexec_fn=limit_files)
    _, stderr = process.communicate(timeout=120)
    assert b"Traceback" not in stderr
    return process.returncode, stderr.decode()


def test_run_when_a_picture_does_not_fit_on_the_disk_then_its_path_and_how_to_resume_are_named(retake: Retake) -> None:
    event = retake.event(prompt=CIRCLE, run_id="night")

    code, stderr = end(retake, "run", event)
    picture = retake.folder / "out/night/r00/a01/image-1.png"
    done = retake("run", event)

    assert code == 3
    errors = [line for line in stderr.splitlines() if line.startswith("retake: error: ")]
    assert errors == [f"retake: error: FolderError: {picture}: cannot be written (File too large); free some space"]
    assert f"\n{AGAIN}" in stderr
    assert "\nlost     1 picture ($0.0400) could not be kept and will be paid for again\n" in stderr
    assert done.code == 0, done.stderr


def test_batch_when_a_picture_does_not_fit_on_the_disk_then_its_path_and_how_to_resume_are_named(
    retake: Retake,
) -> None:
    manifest = retake.manifest([{"id": "night", "prompt": CIRCLE}])

    code, stderr = end(retake, "batch", manifest)
    (ledger,) = (retake.folder / "out").glob("*--night/ledger/r00-a01-image.json")
    done = retake("batch", manifest)

    assert code != 0
    assert f"{ledger.parents[1]}/r00/a01/image-1.png: cannot be written (File too large); free some space" in stderr
    assert "next     run the same command again: accepted items are kept" in stderr
    assert done.code == 0, done.stderr


def test_batch_when_a_picture_does_not_fit_on_the_disk_then_no_other_item_is_paid_for(retake: Retake) -> None:
    manifest = retake.manifest([{"id": f"night-{number}", "prompt": CIRCLE} for number in range(6)])

    code, stderr = end(retake, "batch", manifest, "--max-concurrency", "1")

    assert code == 3
    assert len(list((retake.folder / "out").glob("*--night-*/ledger/r00-a01-image.json"))) == 1
    assert "a file cannot be written: stopping after the calls in flight" in stderr
    assert "lost     1 picture ($0.0400) could not be kept and will be paid for again" in stderr
    assert "paid for twice" not in stderr


@pytest.mark.parametrize("command", ["run", "batch"])
def test_disk_when_it_has_no_room_for_a_picture_then_none_is_paid_for(
    command: str, retake: Retake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=2_000_000))
    fields: dict[str, Any] = {"prompt": CIRCLE, "titan_img_number_of_images": 2}
    name = retake.manifest([{"id": "night", **fields}]) if command == "batch" else retake.event(**fields)

    done = retake(command, name)

    assert done.code == 3
    assert not list((retake.folder / "out").glob("*/ledger/*-image.json"))
    assert "FolderError: out: has 2.0 MB free, and 2 pictures may take 3.0 MB; free some space" in done.stderr
    assert "lost " not in done.stderr


@pytest.mark.parametrize(
    ("number", "fix"), [(errno.ENOSPC, "free some space"), (errno.EROFS, "make the folder writable")]
)
def test_write_when_the_disk_refuses_then_the_error_names_the_file_and_the_fix(
    number: int, fix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(Path, "write_bytes", refuse)

    with pytest.raises(FolderError) as raised:
        Folder(tmp_path).write("run-1/result.json", b"{}", lambda: None)

    assert str(raised.value) == f"{tmp_path}/run-1/result.json: cannot be written (refused); {fix}"


def test_out_folder_when_it_is_read_only_then_the_run_and_the_way_out_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)

    with pytest.raises(OutFolderError) as raised:
        make_out_folder(tmp_path, not_started="the run 'night'")

    assert str(raised.value) == (
        f"--out {tmp_path}: cannot be written to (Read-only file system); the run 'night' was not started, so nothing was paid; "
        "free some space or make it writable, or give another folder, and start again"
    )


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("request.json", b'{"execution": "night", "r', "is not JSON ("),
        ("r00/a01/verdict.json", b"[]", "is not a JSON object"),
        ("r00/a01/attempt.json", b"{}", "the field outcome is missing or invalid"),
        ("ledger/r00-a01-image.json", b"{}", "the field calls is missing or invalid"),
        ("ledger/r00-a01-image.json", b'{"calls": [{}]}', "the field calls[0].kind is missing or invalid"),
        ("result.json", b"{}", "the field status is missing or invalid"),
    ],
)
def test_run_when_a_record_is_corrupt_then_its_path_is_named_once_and_without_it_the_run_resumes(
    name: str, body: bytes, fault: str, retake: Retake
) -> None:
    right = retake.faults({"on": "image", "fault": "paint_right"})
    event = retake.event(prompt=CIRCLE, run_id="night")
    assert retake("run", event, *right).code == 0
    record = retake.folder / "out/night" / name
    record.write_bytes(body)

    broken = retake("run", event, *right)
    record.unlink()
    again = retake("run", event, *right)

    assert (broken.code, broken.stdout) == (3, "")
    (error,) = broken.errors
    assert error.startswith(f"retake: error: {record}: {fault}")
    assert "delete it and start again" in error
    assert broken.stderr.count(record.name) == 1
    assert again.code == 0, again.stderr


def test_batch_when_a_record_is_truncated_then_its_path_is_named_once(retake: Retake) -> None:
    right = retake.faults({"on": "image", "fault": "paint_right"})
    manifest = retake.manifest([{"id": "night", "prompt": CIRCLE}])
    assert retake("batch", manifest, *right).code == 0
    (record,) = (retake.folder / "out").glob("*--night/result.json")
    record.write_text(json.dumps([]))

    broken = retake("batch", manifest, *right)

    assert broken.code == 3
    assert [str(record) in error for error in broken.errors] == [True]


@pytest.mark.parametrize("command", ["run", "batch"])
def test_picture_when_it_was_deleted_then_its_path_is_named_and_without_its_attempt_it_is_made_again(
    command: str, retake: Retake
) -> None:
    right = retake.faults({"on": "image", "fault": "paint_right"})
    line = {"id": "night", "prompt": CIRCLE}
    name = retake.manifest([line]) if command == "batch" else retake.event(prompt=CIRCLE, run_id="a--night")
    assert retake(command, name, *right).code == 0
    (picture,) = (retake.folder / "out").glob("*--night/r00/a01/image-1.png")
    run = picture.parents[2]
    picture.unlink()

    missing = retake(command, name, *right)
    shutil.rmtree(picture.parent)
    (run / "result.json").unlink()
    again = retake(command, name, *right)

    assert (missing.code, missing.stdout) == (3, "")
    (error,) = missing.errors
    assert f"{picture}: is missing; put it back, or delete {picture.parent} and {run / 'result.json'}" in error
    assert again.code == 0, again.stderr
    assert picture.exists()
