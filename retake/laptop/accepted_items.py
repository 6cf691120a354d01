"""Which items of a batch an earlier process got accepted, from the out folder."""

from collections.abc import Callable
from pathlib import Path

from lambdas.core.batch.item_folder import find_item_folder, is_accepted
from lambdas.core.request.place import DEFAULT_PREFIX
from lambdas.core.request.request import Request
from retake.emulator.folder import Folder
from retake.laptop.records import LocalFolder


def accepted_in(out: Path) -> Callable[[Request], bool]:
    """Return a function that says whether the item with this request has an accepted picture in the folder."""
    folder = Folder(out)
    folder.hide_prefix(DEFAULT_PREFIX)

    def folder_at(_: str, prefix: str, run_id: str) -> LocalFolder:
        return LocalFolder.at(folder.path_of(f"{prefix}/{run_id}"))

    def is_accepted_here(request: Request) -> bool:
        located, is_begun = find_item_folder(request, folder_at)
        return is_begun and is_accepted(folder_at("", located.output_s3_key_prefix, located.run_id))

    return is_accepted_here
