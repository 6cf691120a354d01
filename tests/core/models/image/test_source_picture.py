"""A source picture and a mask: what is refused, with what to do, and what is put right."""

import re

import pytest
from PIL import Image

from lambdas.core.catalogue.models import image_model
from lambdas.core.models.image.mask import extend_canvas, invert_mask
from lambdas.core.models.image.source_picture import SourcePicture, check_mask, check_source
from lambdas.core.request.task_fields import Extension
from lambdas.core.runtime.errors import InvalidRequestError
from tests.support.factories.source_pictures import decode, encode, mask_file, mask_picture, picture_file

TITAN = image_model("amazon.titan-image-generator-v2:0")
SERVICE = image_model("us.stability.stable-image-inpaint-v1:0")
SOURCE = SourcePicture(b"", "PNG", 64, 64)


def animated() -> bytes:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    return encode(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encode(Image.new("RGB", (80, 64), "red"), "JPEG", exif=exif)


@pytest.mark.parametrize("model", [TITAN, SERVICE], ids=lambda model: model.name)
def test_a_sound_picture_is_taken_byte_for_byte(model: object) -> None:
    for body in (picture_file(), picture_file(file_format="JPEG"), picture_file("L")):
        found = check_source("images[0]", body, model)  # type: ignore[arg-type]
        assert (found.body, found.width_px, found.height_px, found.warnings) == (body, 64, 64, ())


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"not a picture", "images[0]: the file cannot be read as a picture; give a JPEG or PNG file"),
        (picture_file(size=(300, 300))[:-60], "images[0]: is damaged or cut off .*; save or upload it again"),
        (picture_file(file_format="GIF"), "images[0]: is a GIF file; .* takes JPEG or PNG"),
        (animated(), "images[0]: is animated; give a single picture"),
        (picture_file("CMYK", file_format="JPEG"), "images[0]: is CMYK; convert it to RGB"),
        (picture_file("I;16"), "images[0]: has more than 8 bits a channel .*; convert it to 8 bits"),
    ],
)
def test_a_picture_that_no_model_takes_is_refused_with_what_to_do(body: bytes, line: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        check_source("images[0]", body, SERVICE)
    assert re.fullmatch(line.replace("[0]", r"\[0\]").replace("takes JPEG", ".* JPEG") + ".*", refused.value.faults[0])


def test_the_limits_are_those_of_the_model() -> None:
    wide, large, translucent = picture_file(size=(700, 200)), picture_file(size=(1409, 64)), picture_file("RGBA")
    with pytest.raises(InvalidRequestError, match=r"700×200 px; .* from 1:2.5 to 2.5:1: crop it"):
        check_source("images[0]", wide, SERVICE)
    check_source("images[0]", wide, TITAN)
    with pytest.raises(InvalidRequestError, match=r"1,409×64 px; Titan .* at most 1,408 px a side: scale it down"):
        check_source("images[0]", large, TITAN)
    with pytest.raises(InvalidRequestError, match="translucent; Titan .* takes opaque pictures only"):
        check_source("images[0]", translucent, TITAN)
    assert check_source("images[0]", translucent, SERVICE).body == translucent
    with pytest.raises(InvalidRequestError, match=r"3,100×3,100 px, which is 9,610,000 in all; .* at most 9,437,184"):
        check_source("images[0]", picture_file("L", (3100, 3100)), SERVICE)
    with pytest.raises(InvalidRequestError, match="at least 64 px a side"):
        check_source("images[0]", picture_file(size=(63, 64)), SERVICE)


def test_what_can_be_put_right_without_loss_is_and_a_warning_says_so() -> None:
    upright = check_source("images[0]", rotated(), TITAN)
    assert (upright.width_px, upright.height_px) == (64, 80) and upright.format == "PNG"
    assert decode(upright.body).getexif().get(0x0112, 1) == 1
    assert upright.warnings == ("images[0]: was turned upright, as its EXIF data says",)
    opaque = check_source("images[0]", encode(Image.new("RGBA", (64, 64), (1, 2, 3, 255))), TITAN)
    assert decode(opaque.body).mode == "RGB" and "opaque, which was removed" in opaque.warnings[0]
    palette = check_source("images[0]", encode(mask_picture().convert("P")), TITAN)
    assert decode(palette.body).tobytes() == mask_picture().tobytes() and "palette" in palette.warnings[0]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (picture_file("L"), "is black all over; leave the outside white"),
        (encode(Image.new("L", (64, 64), 255)), "is white all over, so it marks nothing"),
        (encode(mask_picture().resize((64, 64)).rotate(30, Image.Resampling.BILINEAR, fillcolor="white")), r"has \d+ pixels that are neither black .* apply a threshold, and save it as PNG"),
        (mask_file(box=(9, 9, 32, 33), file_format="JPEG", quality=60), r"has [\d,]+ pixels that are neither black"),
        (encode(Image.new("L", (64, 64), 255).convert("RGB").point(lambda value: value), "JPEG"), "is white all over"),
        (mask_file(size=(64, 63)), "is 64×63 px, and the picture 64×64 px; make them the same size"),
        (picture_file("RGBA"), "is translucent; paint the inside black"),
    ],
)  # fmt: skip
def test_titan_takes_a_mask_of_black_and_white_of_the_same_size_only(body: bytes, line: str) -> None:
    with pytest.raises(InvalidRequestError, match=f"^mask_image: {line}"):
        check_mask("mask_image", body, TITAN, SOURCE)


def test_a_coloured_pixel_of_a_mask_counts_as_grey() -> None:
    mask = mask_picture()
    mask.putpixel((0, 0), (255, 0, 0))
    mask.putpixel((1, 0), (1, 0, 0))
    with pytest.raises(InvalidRequestError, match="has 2 pixels that are neither"):
        check_mask("mask_image", encode(mask), TITAN, SOURCE)


def test_a_jpeg_mask_without_grey_is_refused_for_titan_and_taken_by_stability() -> None:
    body = mask_file(size=(64, 64), box=(0, 0, 31, 63), file_format="JPEG", quality=100, subsampling=0)
    with pytest.raises(InvalidRequestError, match="^mask_image: is a JPEG file .* save it as PNG"):
        check_mask("mask_image", body, TITAN, SOURCE)
    assert check_mask("mask_image", body, SERVICE, SOURCE).warnings == ()


def test_stability_resizes_a_mask_which_a_warning_says() -> None:
    (warning,) = check_mask("mask_image", mask_file(size=(32, 32)), SERVICE, SOURCE).warnings
    assert warning.startswith("mask_image: is 32×32 px, and the picture 64×64 px; ") and "resizes" in warning


def test_a_mask_is_inverted_for_models_that_change_what_is_white() -> None:
    inverted = decode(invert_mask(mask_file()))
    assert inverted.getpixel((10, 10)) == 255 and inverted.getpixel((0, 0)) == 0


def test_a_canvas_holds_the_picture_unchanged_and_its_mask_keeps_it() -> None:
    canvas, mask = map(decode, extend_canvas(encode(Image.new("RGB", (10, 20), "red")), Extension(left=3, down=5)))
    assert canvas.size == mask.size == (13, 25)
    assert {canvas.getpixel(place) for place in ((3, 0), (12, 19))} == {(255, 0, 0)}
    assert {mask.getpixel(place) for place in ((3, 0), (12, 19))} == {(0, 0, 0)}
    assert {mask.getpixel(place) for place in ((2, 0), (12, 20))} == {(255, 255, 255)}
