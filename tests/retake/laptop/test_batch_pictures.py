"""The chosen pictures of a batch in one folder."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from retake.emulator.folder import Folder
from retake.laptop.batch_pictures import collect_pictures


@pytest.fixture
def out(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.hide_prefix("generated-images")
    return folder


def write(out: Folder, key: str, body: bytes) -> str:
    """Write a picture, and return its address."""
    out.write(key, body, lambda: None)
    return f"s3://retake-local/{key}"


def collect(out: Folder, images: dict[str, str | None]) -> dict[str, bytes]:
    """Write rows with these images, collect the pictures, and return the files of the folder."""
    batch = out.root / "batch/posters"
    batch.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = [{"item_id": item_id, "image": image} for item_id, image in images.items()]
    (batch / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    folder = collect_pictures(out, batch)
    assert folder == batch / "pictures"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_pictures_are_named_by_items_with_their_own_endings_and_take_no_space(out: Folder) -> None:
    image = write(out, "generated-images/posters--a/r00/a01/image-1.png", b"a")
    images = {
        "a": image,
        "b": write(out, "campaign/may/posters--b/r01/a02/image-3.jpg", b"b"),
        "blocked": None,
        "lost": "s3://retake-local/generated-images/posters--lost/r00/a01/image-1.png",
    }
    assert collect(out, images) == {"a.png": b"a", "b.jpg": b"b"}
    assert collect(out, images) == {"a.png": b"a", "b.jpg": b"b"}
    linked = out.root / "batch/posters/pictures/a.png"
    assert linked.samefile(out.root / "posters--a/r00/a01/image-1.png")


def test_pictures_of_an_earlier_generation_are_replaced_or_removed(out: Folder) -> None:
    old = write(out, "generated-images/posters--a/r00/a01/image-1.png", b"old")
    collect(out, {"a": old, "b": old, "c": old})
    new = write(out, "generated-images/rerun-2/posters--a/r00/a01/image-1.png", b"new")
    jpeg = write(out, "generated-images/rerun-2/posters--c/r00/a01/image-1.jpg", b"jpeg")
    assert collect(out, {"a": new, "b": None, "c": jpeg}) == {"a.png": b"new", "c.jpg": b"jpeg"}
    assert (out.root / "posters--a/r00/a01/image-1.png").read_bytes() == b"old"


def test_pictures_are_copied_where_the_disk_has_no_hard_links(out: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    image = write(out, "generated-images/posters--a/r00/a01/image-1.png", b"a")
    assert collect(out, {"a": image}) == {"a.png": b"a"}
    assert not (out.root / "batch/posters/pictures/a.png").samefile(out.root / "posters--a/r00/a01/image-1.png")
    image = write(out, "generated-images/posters--a/r00/a01/image-1.png", b"A")
    assert collect(out, {"a": image}) == {"a.png": b"A"}
