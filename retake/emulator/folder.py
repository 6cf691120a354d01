"""The folder of the laptop: every object in the local S3 is a file, in the S3 layout without the key prefix."""

import re
import threading
import uuid
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice, takewhile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import S3Backend, s3_backends
from moto.s3.responses import S3Response

_SEGMENT = re.compile(r"[^\x00-\x1f\\:]+")
_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")

# A listing takes a millisecond, a put less: a few tries are enough.
_LISTINGS = 20


class UnsafeKeyError(ValueError):
    """A key that would not be a plain path inside the folder. Nothing is written."""


class Folder:
    """A folder that mirrors S3 objects: `generated-images/run-1/result.json` is the file `run-1/result.json`.

    `on_object(key, body)` is called after each write, in the thread that wrote; `key` is the path inside the folder.
    What it raises, the writer of the object gets.
    """

    def __init__(self, root: Path, on_object: Callable[[str, bytes], None] | None = None) -> None:
        self.root = root.resolve()
        self._on_object = on_object
        self._prefixes: set[str] = set()
        self._writing = threading.RLock()

    def hide(self, prefix: str) -> None:
        """Leave this key prefix out of the paths, from now on."""
        if stripped := prefix.strip("/"):
            self._prefixes.add(stripped + "/")

    def path_of(self, key: str) -> Path:
        """The file of an S3 key.

        Raises:
            UnsafeKeyError: the key holds `..`, an empty segment, a backslash, a colon, a control character or a name
                that begins with a dot, or a link in the folder leads out of it.
        """
        return self._path(self._inside(key), key)

    def write(self, key: str, body: bytes, put: Callable[[], Any]) -> Any:
        """Write the object's file, whole or not at all, then `put()` the object into S3; its result."""
        path = self.path_of(key)
        with self._writing:
            path.parent.mkdir(parents=True, exist_ok=True)
            # A dot in front: `files_of` and a person who looks in while it is written leave it alone.
            unfinished = path.with_name(f".{uuid.uuid4().hex}.tmp")
            try:
                unfinished.write_bytes(body)
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
            result = put()
        if self._on_object:
            self._on_object(self._inside(key), body)
        return result

    def delete(self, key: str, delete: Callable[[], Any]) -> Any:
        """`delete()` the object from S3, then its file; its result."""
        path = self.path_of(key)
        with self._writing:
            result = delete()
            path.unlink(missing_ok=True)
        return result

    def files_of(self, run_id: str) -> Iterator[tuple[str, bytes]]:
        """The finished files of a run, as (path inside the folder, bytes).

        Raises:
            UnsafeKeyError: `run_id` is no run id.
        """
        if not _RUN_ID.fullmatch(run_id):
            raise UnsafeKeyError(f"{run_id!r} is not a run id ([A-Za-z0-9_-]{{1,80}})")
        for path in sorted((self.root / run_id).rglob("*")):
            inside = path.relative_to(self.root)
            hidden = any(part.startswith(".") for part in inside.parts)
            if path.is_file() and not hidden and path.resolve().is_relative_to(self.root):
                yield inside.as_posix(), path.read_bytes()

    def _inside(self, key: str) -> str:
        # The longest first: one run's prefix may begin with another's.
        for prefix in sorted(self._prefixes, key=len, reverse=True):
            if key.startswith(prefix):
                return key.removeprefix(prefix)
        return key

    def _path(self, inside: str, key: str) -> Path:
        parts = inside.split("/")
        if not all(_SEGMENT.fullmatch(part) and not part.startswith(".") for part in parts):
            raise UnsafeKeyError(f"the key {key!r} is no plain path inside {self.root}")
        path = self.root.joinpath(*parts)
        if not path.parent.resolve().is_relative_to(self.root) or path.is_symlink():
            raise UnsafeKeyError(f"the key {key!r} leads out of {self.root} by a link")
        return path


@contextmanager
def s3_in(folder: Folder, bucket: str) -> Iterator[None]:
    """For the length of the block, what any client puts into `bucket` (or deletes) is done in `folder` too."""
    put_object, delete_object = S3Backend.put_object, S3Backend.delete_object
    keys = _SortedKeys()

    def put(backend: S3Backend, bucket_name: str, key_name: str, value: bytes, *args: Any, **kwargs: Any) -> Any:
        def into_s3() -> Any:
            made = put_object(backend, bucket_name, key_name, value, *args, **kwargs)
            if bucket_name == bucket:
                keys.add(key_name)
            return made

        if bucket_name != bucket or isinstance(value, FromFolder):
            return into_s3()
        return folder.write(key_name, value, into_s3)

    def delete(backend: S3Backend, bucket_name: str, key_name: str, *args: Any, **kwargs: Any) -> Any:
        def from_s3() -> Any:
            if bucket_name == bucket:
                keys.discard(key_name)
            return delete_object(backend, bucket_name, key_name, *args, **kwargs)

        return folder.delete(key_name, from_s3) if bucket_name == bucket else from_s3()

    with (
        # moto: keeps objects in memory only. Every way to make one (put, multipart, copy) ends in these two.
        patch.object(S3Backend, "put_object", put),
        patch.object(S3Backend, "delete_object", delete),
        # moto: looks whether the key exists and then writes it, so that two writes with If-None-Match could both win.
        patch.object(S3Response, "put_object", _one_conditional_write_at_a_time(S3Response.put_object)),
        # moto: walks the whole bucket for every listing, and breaks off when other threads put into it meanwhile.
        patch.object(S3Backend, "list_objects", _listed(_listed_again(S3Backend.list_objects), bucket, keys)),
    ):
        yield


class _SortedKeys:
    """The keys of a bucket in order, so that those of one run are found without looking at all."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._lock = threading.Lock()

    def add(self, key: str) -> None:
        with self._lock:
            place = bisect_left(self._keys, key)
            if self._keys[place : place + 1] != [key]:
                self._keys.insert(place, key)

    def discard(self, key: str) -> None:
        with self._lock:
            place = bisect_left(self._keys, key)
            if self._keys[place : place + 1] == [key]:
                del self._keys[place]

    def under(self, prefix: str) -> list[str]:
        with self._lock:
            first = bisect_left(self._keys, prefix)
            return list(takewhile(lambda key: key.startswith(prefix), islice(self._keys, first, None)))


def _listed(original: Any, name: str, keys: _SortedKeys) -> Any:
    def list_objects(
        backend: S3Backend, bucket: Any, prefix: Any, delimiter: Any, marker: Any, max_keys: Any
    ) -> tuple[Any, Any, bool, Any]:
        if bucket.name != name or not prefix or delimiter or marker or max_keys is not None or bucket.is_versioned:
            whole: tuple[Any, Any, bool, Any] = original(backend, bucket, prefix, delimiter, marker, max_keys)
            return whole
        found = [backend.get_object(name, key) for key in keys.under(prefix)]
        return [key for key in found if key is not None], [], False, None

    return list_objects


def _one_conditional_write_at_a_time(original: Any) -> Any:
    lock = threading.Lock()

    def put_object(response: S3Response) -> Any:
        if "If-None-Match" not in response.headers:
            return original(response)
        with lock:
            return original(response)

    return put_object


def _listed_again(original: Any) -> Any:
    def list_objects(*args: Any, **kwargs: Any) -> Any:
        for _ in range(_LISTINGS):
            try:
                return original(*args, **kwargs)
            except RuntimeError as error:
                if "changed size during iteration" not in str(error):
                    raise
        return original(*args, **kwargs)

    return list_objects


class FromFolder(bytes):
    """An object that is on its way from its file into S3, and needs no writing."""


def load(folder: Folder, run_id: str, bucket: str, prefix: str) -> int:
    """Put a run's files into S3 as they are, without writing them again; how many."""
    objects = list(folder.files_of(run_id))
    for inside, body in objects:
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(bucket, f"{prefix.strip('/')}/{inside}", FromFolder(body))
    return len(objects)
