"""A local folder that mirrors a bucket: each object is a file, at its key without the hidden prefix."""

import errno
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from retake.inputs.out_folder import is_file_name

_FIX = "check the folder"
_FIXES: dict[int | None, str] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "free some space"),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "make the folder writable"),
}
_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


class UnsafeKeyError(ValueError):
    """The key is not a plain path inside the folder. Nothing was written."""


class FolderError(OSError):
    """A file cannot be written. The message names it, the reason and the fix."""


class BytesOfFile(bytes):
    """The body of an object that was read from its file, so it need not be written there again."""


class Folder:
    """A folder that mirrors S3 objects: `generated-images/run-1/result.json` is the file `run-1/result.json`.

    `on_object(path, body)` is called after each write, in the thread that wrote; `path` is relative to the folder. An
    exception it raises reaches the writer of the object.
    """

    def __init__(self, root: Path, on_object: Callable[[str, bytes], None] | None = None) -> None:
        self.root = root.resolve()
        self._on_object = on_object
        self._hidden_prefixes: set[str] = set()
        self._writing = threading.RLock()

    def hide_prefix(self, prefix: str) -> None:
        """Leave this key prefix out of the paths of files from now on."""
        if stripped := prefix.strip("/"):
            self._hidden_prefixes.add(stripped + "/")

    def path_of(self, key: str) -> Path:
        """Return the file of an S3 key.

        Raises:
            UnsafeKeyError: the key holds `..`, an empty segment, a backslash, a colon, a control character or a name
                that begins with a dot, or a link in the folder leads out of it.
        """
        return self._path(self._without_prefix(key), key)

    def write(self, key: str, body: bytes, put: Callable[[], Any]) -> Any:
        """Write the object's file atomically, then call `put()` to store the object in S3, and return its result.

        Raises:
            FolderError: the file cannot be written, e.g. because the disk is full.
        """
        path = self.path_of(key)
        with self._writing:
            try:
                _write(path, body)
            except OSError as error:
                reason = error.strerror or str(error)
                raise FolderError(f"{path}: cannot be written ({reason}); {_FIXES.get(error.errno, _FIX)}") from error
            result = put()
        if self._on_object:
            self._on_object(self._without_prefix(key), body)
        return result

    def delete(self, key: str, delete: Callable[[], Any]) -> Any:
        """Call `delete()` to remove the object from S3, remove its file, and return the result of `delete()`."""
        path = self.path_of(key)
        with self._writing:
            result = delete()
            path.unlink(missing_ok=True)
        return result

    def run_files(self, run_id: str) -> Iterator[tuple[str, bytes]]:
        """Yield (path relative to the folder, body) for each finished file of a run.

        Raises:
            UnsafeKeyError: `run_id` is not a run id.
        """
        if not _RUN_ID.fullmatch(run_id):
            raise UnsafeKeyError(f"{run_id!r} is not a run id ([A-Za-z0-9_-]{{1,80}})")
        for path in sorted((self.root / run_id).rglob("*")):
            inside = path.relative_to(self.root)
            is_hidden = any(part.startswith(".") for part in inside.parts)
            if path.is_file() and not is_hidden and path.resolve().is_relative_to(self.root):
                yield inside.as_posix(), path.read_bytes()

    def _without_prefix(self, key: str) -> str:
        # The longest first: one run's prefix may begin with another's.
        for prefix in sorted(self._hidden_prefixes, key=len, reverse=True):
            if key.startswith(prefix):
                return key.removeprefix(prefix)
        return key

    def _path(self, inside: str, key: str) -> Path:
        parts = inside.split("/")
        if not all(map(is_file_name, parts)):
            raise UnsafeKeyError(f"the key {key!r} is not a plain path inside {self.root}")
        path = self.root.joinpath(*parts)
        if not path.parent.resolve().is_relative_to(self.root) or path.is_symlink():
            raise UnsafeKeyError(f"the key {key!r} leads out of {self.root} by a link")
        return path


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # `run_files` and file browsers skip names with a leading dot.
    unfinished = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        try:
            unfinished.write_bytes(body)
        except OSError:
            # A picture is paid for, and the fault may have passed: network drives have such.
            unfinished.write_bytes(body)
        unfinished.replace(path)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
