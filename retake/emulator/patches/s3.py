"""S3 for moto: objects mirrored to a folder, atomic conditional writes, and fast listings."""

import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, takewhile
from typing import Any
from unittest.mock import patch

from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from retake.emulator.folder import BytesOfFile, Folder

# A listing takes about a millisecond and a put less, so a few tries are enough.
_LISTING_TRIES = 20


@contextmanager
def patch_s3(folder: Folder, bucket: str) -> Iterator[None]:
    """Inside the block, write every object of `bucket` to `folder` too, and delete its file with it."""
    put_object, delete_object = S3Backend.put_object, S3Backend.delete_object
    keys = _SortedKeys()

    def put(backend: S3Backend, bucket_name: str, key_name: str, value: bytes, *args: Any, **kwargs: Any) -> Any:
        def put_into_s3() -> Any:
            made = put_object(backend, bucket_name, key_name, value, *args, **kwargs)
            if bucket_name == bucket:
                keys.add(key_name)
            return made

        if bucket_name != bucket or isinstance(value, BytesOfFile):
            return put_into_s3()
        return folder.write(key_name, value, put_into_s3)

    def delete(backend: S3Backend, bucket_name: str, key_name: str, *args: Any, **kwargs: Any) -> Any:
        def delete_from_s3() -> Any:
            if bucket_name == bucket:
                keys.discard(key_name)
            return delete_object(backend, bucket_name, key_name, *args, **kwargs)

        return folder.delete(key_name, delete_from_s3) if bucket_name == bucket else delete_from_s3()

    with (
        # moto: keeps objects in memory only. Every way to make one (put, multipart, copy) ends in these two.
        patch.object(S3Backend, "put_object", put),
        patch.object(S3Backend, "delete_object", delete),
        # moto: looks whether the key exists and then writes it, so two writes with If-None-Match could both win.
        patch.object(S3Response, "put_object", _serialize_conditional_writes(S3Response.put_object)),
        # moto: walks the whole bucket for every listing, and fails when another thread puts into it meanwhile.
        patch.object(S3Backend, "list_objects", _list_by_prefix(_retry_listing(S3Backend.list_objects), bucket, keys)),
    ):
        yield


class _SortedKeys:
    """The bucket's keys in order, so that those under a prefix are found by binary search."""

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


def _list_by_prefix(original: Any, name: str, keys: _SortedKeys) -> Any:
    """List the bucket called `name` from `keys` if a prefix is all that is asked for, else by moto's `original`."""

    def list_objects(
        backend: S3Backend, bucket: Any, prefix: Any, delimiter: Any, marker: Any, max_keys: Any
    ) -> tuple[Any, Any, bool, Any]:
        if bucket.name != name or not prefix or delimiter or marker or max_keys is not None or bucket.is_versioned:
            whole: tuple[Any, Any, bool, Any] = original(backend, bucket, prefix, delimiter, marker, max_keys)
            return whole
        found = [backend.get_object(name, key) for key in keys.under(prefix)]
        return [key for key in found if key is not None], [], False, None

    return list_objects


def _serialize_conditional_writes(original: Any) -> Any:
    lock = threading.Lock()

    def put_object(response: S3Response) -> Any:
        if "If-None-Match" not in response.headers:
            return original(response)
        with lock:
            return original(response)

    return put_object


def _retry_listing(original: Any) -> Any:
    def list_objects(*args: Any, **kwargs: Any) -> Any:
        for _ in range(_LISTING_TRIES):
            try:
                return original(*args, **kwargs)
            except RuntimeError as error:
                if "changed size during iteration" not in str(error):
                    raise
        return original(*args, **kwargs)

    return list_objects
