"""The chosen pictures of a batch in one folder, named by item."""

import os
import shutil
from pathlib import Path

from lambdas.core.runtime.batch_paths import RESULTS_JSONL
from retake.emulator.folder import Folder
from retake.inputs.out_folder import PICTURES_FOLDER
from retake.view.batch_rows import chosen_pictures, parse_rows


def collect_pictures(out: Folder, batch_folder: Path) -> Path:
    """Link the chosen picture of each item into the batch's folder `pictures`, and return that folder.

    A picture of an earlier generation is replaced or removed. Where the disk has no hard links, the pictures are copied.
    """
    folder = batch_folder / PICTURES_FOLDER
    folder.mkdir(exist_ok=True)
    kept = set()
    results = batch_folder / RESULTS_JSONL
    with results.open("rb") as lines:
        for picture in chosen_pictures(parse_rows(str(results), lines)):
            source = out.path_of(picture.key)
            if picture.file_name and source.exists():
                kept.add(picture.file_name)
                _link(source, folder / picture.file_name)
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()
    return folder


def _link(source: Path, target: Path) -> None:
    if target.exists() and target.samefile(source):
        return
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
