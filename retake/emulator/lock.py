"""Locks in a folder, so that only one process at a time works on a run, a batch or a server's data.

A lock is a file `.{name}.lock` with the id of the process that holds it. The operating system releases the lock when the
process ends, however it ends, so a file that is left over locks nothing.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from retake.view.errors import BadInputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


# `is_locked` of another process holds the lock for a moment.
_TRIES = 5
_WAIT_S = 0.02


class InUseError(BadInputError):
    """Another process holds the lock. The message names the process."""


def run_lock(run_id: str) -> str:
    """Return the name of a run's lock."""
    return f"run-{run_id}"


def batch_lock(batch_id: str) -> str:
    """Return the name of a batch's lock."""
    return f"batch-{batch_id}"


@contextmanager
def lock(folder: Path, name: str, refusal: str, *, is_shared: bool = False) -> Iterator[None]:
    """Hold the lock called `name` in the folder inside the block.

    refusal: the message if another process holds the lock. `{process}` in it stands for that process.
    is_shared: whether other processes that share the lock may hold it at the same time.

    Raises:
        InUseError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".{name}.lock"
    file = path.open("a+b")
    try:
        # Its last holder may have removed the file since it was opened. Then the lock is on a file without a name.
        while (is_held := _flock_soon(file, is_shared=is_shared)) and not _has_name(file, path):
            file.close()
            file = path.open("a+b")
        if not is_held:
            raise InUseError(refusal.replace("{process}", _read_holder(file)))
        with suppress(OSError):  # A full disk: the lock holds without the id.
            file.truncate(0)
            file.write(str(os.getpid()).encode())
            file.flush()
        try:
            yield
        finally:
            with suppress(OSError):
                # While another process shares the lock, the file stays.
                if _flock(file, is_shared=False):
                    path.unlink()
    finally:
        with suppress(OSError):
            file.close()


def _flock_soon(file: IO[bytes], *, is_shared: bool) -> bool:
    """Lock the file as `_flock` does, and wait for a tenth of a second at most."""
    for _ in range(_TRIES):
        if _flock(file, is_shared=is_shared):
            return True
        time.sleep(_WAIT_S)
    return False


def _flock(file: IO[bytes], *, is_shared: bool) -> bool:
    """Lock the file without waiting, and return whether that succeeded. A file system without locks locks nothing."""
    if fcntl:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
    return True


def _has_name(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _read_holder(file: IO[bytes]) -> str:
    file.seek(0)
    holder = file.read(20).decode(errors="replace")
    return f"process {holder}" if holder.isdecimal() else "another process"


def is_locked(folder: Path, name: str) -> bool:
    """Return whether a process holds the lock called `name` in the folder alone. No file is made."""
    try:
        with (folder / f".{name}.lock").open("rb") as file:
            return not _flock(file, is_shared=True)
    except OSError:
        return False
