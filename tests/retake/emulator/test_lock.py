"""A lock is held by one process, names it, and ends with it."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retake.emulator.lock import InUseError, is_locked, lock

REFUSAL = "{process} has it"
HOLDER = """
import sys
from pathlib import Path
from retake.emulator.lock import lock
with lock(Path(sys.argv[1]), "run-1", ""):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_lock_when_held_then_refused_with_the_process_id_and_its_file_goes_with_it(tmp_path: Path) -> None:
    with lock(tmp_path, "run-1", REFUSAL):
        with pytest.raises(InUseError, match=f"^process {os.getpid()} has it$"), lock(tmp_path, "run-1", REFUSAL):
            pytest.fail("both hold it")
        with lock(tmp_path, "run-2", REFUSAL):
            pass

    assert list(tmp_path.iterdir()) == []


def test_lock_when_its_folder_is_reached_by_a_link_then_it_is_the_same_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("out")
    monkeypatch.chdir(tmp_path)
    with lock(tmp_path / "out", "run-1", REFUSAL):
        for same in (tmp_path / "link", Path("out"), Path("link/../out")):
            with pytest.raises(InUseError), lock(same, "run-1", REFUSAL):
                pytest.fail("both hold it")


def test_lock_when_another_process_looks_whether_it_is_held_then_it_waits_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".run-1.lock"
    path.touch()
    looking = path.open("rb")
    fcntl.flock(looking, fcntl.LOCK_SH)
    monkeypatch.setattr(time, "sleep", lambda _: looking.close())

    with lock(tmp_path, "run-1", REFUSAL):
        assert is_locked(tmp_path, "run-1")


def test_lock_when_its_process_is_killed_then_it_is_free_and_the_file_left_over_does_not_matter(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(InUseError, match=f"^process {holder.pid} has it$"), lock(tmp_path, "run-1", REFUSAL):
            pytest.fail("both hold it")
        holder.send_signal(signal.SIGKILL)

    assert (tmp_path / ".run-1.lock").read_text() == str(holder.pid)
    with lock(tmp_path, "run-1", REFUSAL):
        assert (tmp_path / ".run-1.lock").read_text() == str(os.getpid())


def test_shared_lock_when_another_shares_it_then_both_hold_it_and_nobody_else(tmp_path: Path) -> None:
    with lock(tmp_path, "batch-1", REFUSAL, is_shared=True):
        with lock(tmp_path, "batch-1", REFUSAL, is_shared=True):
            pass
        with pytest.raises(InUseError), lock(tmp_path, "batch-1", REFUSAL):
            pytest.fail("both hold it")
    with lock(tmp_path, "batch-1", REFUSAL):
        pass


def test_lock_when_its_file_is_removed_meanwhile_then_the_next_one_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last holder removes the file after another process has opened it."""
    opened = Path.open

    def open_then_remove(path: Path, mode: str) -> object:
        file = opened(path, mode)
        monkeypatch.setattr(Path, "open", opened)
        path.unlink()
        return file

    monkeypatch.setattr(Path, "open", open_then_remove)
    with lock(tmp_path, "run-1", REFUSAL):
        assert (tmp_path / ".run-1.lock").exists()
        with pytest.raises(InUseError), lock(tmp_path, "run-1", REFUSAL):
            pytest.fail("both hold it")
