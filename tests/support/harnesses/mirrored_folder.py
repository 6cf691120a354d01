"""What a folder that mirrors a bucket holds."""

from retake.emulator.folder import Folder

BYTES = bytes(range(256)) * 40
"""The body of an object in which every byte occurs."""


def files(folder: Folder) -> list[str]:
    """Return the paths of the folder's files in order, hidden ones included."""
    return sorted(path.relative_to(folder.root).as_posix() for path in folder.root.rglob("*") if path.is_file())
