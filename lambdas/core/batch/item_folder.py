"""Find the folder of an item's records. An item whose line was changed gets a new folder."""

from collections.abc import Callable
from dataclasses import replace

from lambdas.core.request.content import content_sha256
from lambdas.core.request.request import Request
from lambdas.core.run.statuses import ACCEPTED
from lambdas.core.runtime.records import REQUEST, RESULT
from lambdas.core.storage.run_folder import RunFolder

_HASH_CHARS = 8


def locate_item(request: Request) -> Request:
    """Return the request with the prefix of this item's records.

    A changed line keeps its item id, and so its run id. The records of the old content stay; the new content gets its
    own folder, which is named by its hash.
    """
    return find_item_folder(request)[0]


def find_item_folder(
    request: Request, folder_at: Callable[[str, str, str], RunFolder] = RunFolder
) -> tuple[Request, bool]:
    """Return the request with the item's prefix, and whether an execution has begun the item.

    folder_at: returns the folder of a bucket, a prefix and a run id.
    """
    folder = folder_at(request.output_s3_bucket_name, request.output_s3_key_prefix, request.run_id)
    content = content_sha256(request)
    written = folder.read_json(REQUEST)
    if written is None or written["content_sha256"] == content:
        return request, written is not None
    prefix = f"{request.output_s3_key_prefix}/changed-{content[:_HASH_CHARS]}"
    return replace(request, output_s3_key_prefix=prefix), True


def is_accepted(folder: RunFolder) -> bool:
    """Return whether an earlier execution left an accepted picture in this folder."""
    return (folder.read_json(RESULT) or {}).get("status") == ACCEPTED.name
