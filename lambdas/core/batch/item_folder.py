"""Where an item's records are: a line that was changed gets another folder, one that was accepted is left as it is."""

from dataclasses import replace

from lambdas.core.request.content import content_sha256
from lambdas.core.request.request import Request
from lambdas.core.run.statuses import ACCEPTED
from lambdas.core.storage.run_folder import REQUEST, RESULT, RunFolder

_HASH_CHARS = 8


def locate_item(request: Request) -> Request:
    """The request with the prefix under which this item's records are, or will be.

    A line that was changed keeps its item id, and so its run id: what its earlier content gave stays where it is, and
    the new content has another folder, found again by its hash.
    """
    return find_item_folder(request)[0]


def find_item_folder(request: Request) -> tuple[Request, bool]:
    """Return the request with the item's prefix, and whether an execution has begun the item."""
    folder = RunFolder(request.output_s3_bucket_name, request.output_s3_key_prefix, request.run_id)
    content = content_sha256(request)
    written = folder.read_json(REQUEST)
    if written is None or written["content_sha256"] == content:
        return request, written is not None
    prefix = f"{request.output_s3_key_prefix}/changed-{content[:_HASH_CHARS]}"
    return replace(request, output_s3_key_prefix=prefix), True


def is_accepted(folder: RunFolder) -> bool:
    """Whether an earlier execution ended with an accepted picture here."""
    return (folder.read_json(RESULT) or {}).get("status") == ACCEPTED.name
