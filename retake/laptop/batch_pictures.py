"""The chosen pictures of a batch in one folder, named by item."""

import json
import os
import shutil
from pathlib import Path

from lambdas.core.runtime.batch_paths import RESULTS_JSONL
from lambdas.core.runtime.records import split_s3_uri
from retake.emulator.folder import Folder
from retake.inputs.out_folder import PICTURES_FOLDER


def collect_pictures(out: Folder, batch_folder: Path) -> Path:
    """Link the chosen picture of each item into the batch's folder `pictures`, and return that folder.

    A picture of an earlier generation is replaced or removed. Where the disk has no hard links, the pictures are copied.
    """
    folder = batch_folder / PICTURES_FOLDER
    folder.mkdir(exist_ok=True)
    kept = set()
    with (batch_folder / RESULTS_JSONL).open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if not row["image"]:
                continue
            key = split_s3_uri(row["image"])[1]
            source = out.path_of(key)
            if source.exists():
                target = folder / f"{row['item_id']}{source.suffix}"
                kept.add(target.name)
                _link(source, target)
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
