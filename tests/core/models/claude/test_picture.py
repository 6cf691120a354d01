"""A picture for the judge: as it is where Bedrock takes it, else made to fit, with nothing turned black."""

import io
import random
from typing import Any

import pytest
from PIL import Image

from lambdas.core.models.claude.picture import MAX_BYTES, MAX_SIDE_PX, picture_tokens, prepare_picture
from lambdas.core.models.picture_file import UnreadablePictureError

NOISE = random.Random(1).randbytes(1_150 * 1_150 * 4)


def file(image: Image.Image, kind: str, **options: Any) -> bytes:
    packed = io.BytesIO()
    image.save(packed, kind, **options)
    return packed.getvalue()


def noise(mode: str, side: int) -> Image.Image:
    """A picture that no format makes small."""
    return Image.frombytes(mode, (side, side), NOISE[: side * side * len(mode)])


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_within_the_limits_is_shown_byte_for_byte(kind: str) -> None:
    body = file(Image.new("RGB", (64, 48), "red"), kind)
    judged = prepare_picture(body)
    assert (judged.body, judged.format, judged.width_px, judged.height_px) == (body, kind.lower(), 64, 48)


def test_transparency_within_the_limits_is_left_to_bedrock() -> None:
    body = file(Image.new("RGBA", (64, 48), (255, 0, 0, 0)), "PNG")
    assert prepare_picture(body).body == body


def test_a_picture_of_more_than_3_75_mb_becomes_a_jpeg_of_the_same_size() -> None:
    body = file(noise("RGB", 1_150), "PNG", compress_level=0)
    assert len(body) > MAX_BYTES == 3_750_000
    judged = prepare_picture(body)
    assert len(judged.body) <= MAX_BYTES
    assert (judged.format, opened(judged.body).format) == ("jpeg", "JPEG")
    assert opened(judged.body).size == (judged.width_px, judged.height_px) == (1_150, 1_150)


def test_what_is_transparent_becomes_white_in_a_jpeg() -> None:
    image = noise("RGBA", 1_150)
    image.paste((0, 0, 0, 0), (0, 0, 575, 1_150))
    judged = prepare_picture(file(image, "PNG", compress_level=0))
    assert judged.format == "jpeg"
    left = opened(judged.body).convert("L").crop((0, 0, 500, 1_150))
    assert min(left.tobytes()) > 240


@pytest.mark.parametrize("size", [(8_001, 10), (10, 8_400)])
def test_a_side_of_more_than_8_000_px_is_scaled_down(size: tuple[int, int]) -> None:
    judged = prepare_picture(file(Image.new("RGB", size, "red"), "PNG"))
    assert max(judged.width_px, judged.height_px) == MAX_SIDE_PX == 8_000
    assert opened(judged.body).size == (judged.width_px, judged.height_px)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [(kind, mode) for kind in ("WEBP", "GIF", "BMP") for mode in ("RGB", "P", "L")]
    + [(kind, mode) for kind in ("WEBP", "GIF") for mode in ("RGBA", "LA")],
)
def test_any_other_format_becomes_a_jpeg_of_the_same_colour(kind: str, mode: str) -> None:
    image = Image.new("RGB", (32, 32), (200, 200, 200)).convert(mode)
    judged = prepare_picture(file(image, kind))
    assert (judged.format, judged.width_px, judged.height_px) == ("jpeg", 32, 32)
    assert all(abs(channel - 200) <= 6 for channel in opened(judged.body).convert("RGB").getpixel((16, 16)))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("width", "height", "tokens"),
    [(1024, 1024, 1_369), (1000, 1000, 1_296), (1536, 640, 1_265), (512, 512, 361), (1, 1, 1), (8_000, 8_000, 4_784)],
)
def test_a_picture_is_billed_by_anthropics_formula(width: int, height: int, tokens: int) -> None:
    assert picture_tokens(width, height) == tokens


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "cannot be read"),
        (b"not a picture", "cannot be read"),
        (file(noise("RGB", 64), "PNG")[:-200], "cannot be read"),
        (file(noise("RGB", 64), "JPEG")[:300], "cannot be read"),
        (file(Image.new("RGB", (8, 8)), "TIFF"), "cannot be read"),
        (file(Image.new("1", (4_097, 4_097)), "PNG"), "4097×4097 px is too large"),
    ],
    ids=["empty", "text", "cut PNG", "cut JPEG", "TIFF", "bomb"],
)
def test_a_picture_that_is_damaged_or_too_large_is_never_sent(body: bytes, said: str) -> None:
    with pytest.raises(UnreadablePictureError, match=said):
        prepare_picture(body)


def test_a_larger_picture_is_opened_where_there_is_memory_for_it() -> None:
    body = file(Image.new("1", (4_097, 4_097)), "PNG")
    assert prepare_picture(body, max_pixels=MAX_SIDE_PX**2).body == body
