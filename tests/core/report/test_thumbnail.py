"""The thumbnail of an item's picture."""

import io

import pytest
from PIL import Image

from lambdas.core.report.thumbnail import MAX_BYTES, SIDE_PX, make_thumbnail, write_thumbnail
from tests.support.fakes.memory_folder import MemoryFolder

NAME = "r00/a01/image-1.png"


def as_file(picture: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise(size, 200) for _ in range(3)])


@pytest.mark.parametrize(
    ("size", "expected"), [((1024, 1024), (320, 320)), ((512, 1024), (160, 320)), ((64, 64), (64, 64))]
)
def test_thumbnail_is_a_small_jpeg_of_the_same_shape(size: tuple[int, int], expected: tuple[int, int]) -> None:
    thumbnail = make_thumbnail(as_file(Image.new("RGB", size, "navy")))
    with Image.open(io.BytesIO(thumbnail)) as picture:
        assert (picture.format, picture.size) == ("JPEG", expected)


def test_thumbnail_of_noise_is_below_the_limit() -> None:
    assert len(make_thumbnail(as_file(noise((1024, 1024))))) <= MAX_BYTES


def test_thumbnail_of_transparency_is_white() -> None:
    thumbnail = make_thumbnail(as_file(Image.new("RGBA", (400, 400), (0, 0, 0, 0))))
    with Image.open(io.BytesIO(thumbnail)) as picture:
        assert picture.size == (SIDE_PX, SIDE_PX)
        assert picture.getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize("body", [None, b"", b"\x89PNG\r\n\x1a\nnot a picture", as_file(noise((64, 64)))[:500]])
def test_a_picture_that_is_missing_or_cannot_be_opened_gets_none(body: bytes | None) -> None:
    folder = MemoryFolder("pictures", "generated-images", "x--a")
    if body is not None:
        folder.write(NAME, body, "image/png")
    write_thumbnail(folder, {"image": {"key": folder.key(NAME)}})
    write_thumbnail(folder, {"image": None})
    assert folder.read("thumbnail.jpg") is None


def test_a_picture_gets_its_thumbnail_beside_the_report() -> None:
    folder = MemoryFolder("pictures", "generated-images", "x--a")
    folder.write(NAME, as_file(Image.new("RGB", (640, 640), "navy")), "image/png")
    write_thumbnail(folder, {"image": {"key": folder.key(NAME)}})
    assert (folder.read("thumbnail.jpg") or b"").startswith(b"\xff\xd8")
