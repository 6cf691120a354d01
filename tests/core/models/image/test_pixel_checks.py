"""What had to stay is measured: a repainted picture is caught, the noise of JPEG and the edit itself are not."""

import pytest
from PIL import Image, ImageDraw, ImageFilter

from lambdas.core.models.image.pixel_checks import measure_kept, measure_transparency
from tests.support.factories.core import request
from tests.support.factories.source_pictures import encode, mask_file

SIZE, BOX = (400, 300), (100, 100, 199, 199)
INPAINT = {"task_type": "INPAINTING", "images": ["s3://pictures/a.png"], "mask_image": "s3://pictures/m.png"}


def source() -> Image.Image:
    picture = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    ImageDraw.Draw(picture).ellipse((20, 20, 80, 80), fill="red")
    return picture


def edited() -> Image.Image:
    picture = source()
    ImageDraw.Draw(picture).rectangle(BOX, fill="green")
    return picture


SOURCES = {"images-1": encode(source()), "mask_image": mask_file(SIZE, BOX)}


@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
def test_an_edit_inside_the_mask_changes_nothing_outside(file_format: str) -> None:
    found = measure_kept(request(**INPAINT), SOURCES, encode(edited(), file_format))
    assert found.met, found


def test_an_edit_that_goes_beyond_the_mask_or_repaints_everything_is_caught() -> None:
    beyond = edited()
    ImageDraw.Draw(beyond).rectangle((250, 100, 350, 250), fill="blue")
    tinted = Image.blend(edited(), Image.new("RGB", SIZE, "orange"), 0.15)
    for picture in (beyond, tinted, source().transpose(Image.Transpose.FLIP_LEFT_RIGHT)):
        found = measure_kept(request(**INPAINT), SOURCES, encode(picture))
        assert not found.met and "CIELAB" in found.observed
    assert (
        "100.0% of the pixels"
        in measure_kept(request(**INPAINT), SOURCES, encode(Image.new("RGB", SIZE, "lime"))).observed
    )


def test_an_outpainting_keeps_the_inside_of_its_mask() -> None:
    event = {**INPAINT, "task_type": "OUTPAINTING", "image_model_id": "amazon.titan-image-generator-v2:0"}
    outside = Image.new("RGB", SIZE, "blue")
    outside.paste(source().crop(BOX), BOX[:2])
    assert measure_kept(request(**event), SOURCES, encode(outside)).met
    assert not measure_kept(request(**event), SOURCES, encode(edited())).met


def test_an_extended_picture_holds_its_source_at_its_place_also_if_the_model_scales_it() -> None:
    event = {"task_type": "OUTPAINTING", "images": INPAINT["images"], "extend_px": {"left": 100, "down": 60}}
    extended = Image.new("RGB", (500, 360), "blue")
    extended.paste(source(), (100, 0))
    for picture in (extended, extended.resize((250, 180))):
        assert measure_kept(request(**event), SOURCES, encode(picture)).met
    shifted = Image.new("RGB", (500, 360), "blue")
    shifted.paste(source(), (0, 0))
    assert not measure_kept(request(**event), SOURCES, encode(shifted)).met


def test_a_background_is_gone_if_a_part_is_transparent_but_not_all() -> None:
    assert not measure_transparency(encode(source())).met
    assert not measure_transparency(encode(Image.new("RGBA", SIZE))).met
    cut = source().convert("RGBA")
    cut.putalpha(Image.new("L", SIZE).point(lambda _: 0).filter(ImageFilter.BoxBlur(1)))
    cut.paste((255, 0, 0, 255), (20, 20, 80, 80))
    assert measure_transparency(encode(cut)).met
