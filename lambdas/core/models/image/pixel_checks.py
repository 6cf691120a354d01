"""The checks of an edit that pixels decide, without a judge: what had to stay is measured.

Both pictures are made small first. So noise and the compression of JPEG average out, and a check takes a fraction of a second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.core.models.picture_file import open_picture
from lambdas.core.request.request import Request

if TYPE_CHECKING:
    from PIL.Image import Image

_SIDE_PX = 384
# A service grows and softens the mask by up to 20 px; at 1,408 px these are 6 px of the small picture.
_MARGIN_PX = 7
_CHANGED_DELTA_E = 8.0
"""The distance in CIELAB from which on a pixel counts as changed. Below 2 or so, nobody sees a difference."""
MAX_CHANGED_SHARE = 0.03
MAX_MEAN_DELTA_E = 3.0
MIN_TRANSPARENT_SHARE = 0.01


@dataclass(frozen=True)
class Measured:
    """The finding of one check in one candidate."""

    observed: str
    met: bool


def measure(name: str, request: Request, sources: Mapping[str, bytes], candidate: bytes) -> Measured:
    """Return the finding of the check with this name.

    sources: the run's source pictures by name.

    Raises:
        UnreadablePictureError: a file cannot be decoded.
    """
    return measure_transparency(candidate) if name == "transparent" else measure_kept(request, sources, candidate)


def measure_kept(request: Request, sources: Mapping[str, bytes], candidate: bytes) -> Measured:
    """Return whether the part of the source that had to stay is the same in the candidate."""
    from PIL import Image

    with open_picture(sources["images-1"]) as picture:
        source = _on_white(picture)
    with open_picture(candidate) as picture:
        edited = _on_white(picture)
    if extension := request.extend_px:
        width = source.width + extension.left + extension.right
        height = source.height + extension.up + extension.down
        across, down = edited.width / width, edited.height / height
        corner = (round(extension.left * across), round(extension.up * down))
        edited = edited.crop(
            (*corner, corner[0] + round(source.width * across), corner[1] + round(source.height * down))
        )
        kept = Image.new("L", source.size, 255)
    else:
        with open_picture(sources["mask_image"]) as picture:
            # White is outside. An outpainting keeps the inside, an inpainting the outside.
            keeps_inside = request.operation.startswith("outpaint")
            kept = picture.convert("L").point([255] * 128 + [0] * 128 if keeps_inside else [0] * 128 + [255] * 128)
    return _compare(source, edited, kept)


def _compare(source: "Image", edited: "Image", kept: "Image") -> Measured:
    from PIL import Image, ImageFilter, ImageMath

    scale = min(1.0, _SIDE_PX / max(source.size))
    size = max(1, round(source.width * scale)), max(1, round(source.height * scale))
    small = [picture.resize(size, Image.Resampling.BOX) for picture in (source, edited)]
    region = kept.resize(size, Image.Resampling.NEAREST).filter(ImageFilter.MinFilter(2 * _MARGIN_PX + 1))
    one, other = map(_lab, small)
    bands = dict(zip(("l1", "a1", "b1", "l2", "a2", "b2"), (*one, *other), strict=True))
    distance = ImageMath.lambda_eval(
        # Pillow stores lightness as 0 to 255 instead of 0 to 100.
        lambda args: (
            (
                ((args["float"](args["l1"]) - args["l2"]) * (100 / 255)) ** 2
                + (args["float"](args["a1"]) - args["a2"]) ** 2
                + (args["float"](args["b1"]) - args["b2"]) ** 2
            )
            ** 0.5
        ),
        **bands,
    )
    levels = [0] * 256
    for level, count in enumerate(distance.point(lambda value: value + 0.5).convert("L").histogram(region)):
        levels[level] = count
    pixels = sum(levels)
    if not pixels:
        return Measured("the part that had to stay is too small to be measured", True)
    changed = sum(levels[round(_CHANGED_DELTA_E) :]) / pixels
    mean = sum(level * count for level, count in enumerate(levels)) / pixels
    observed = f"of the part that had to stay, {changed:.1%} of the pixels changed visibly; the mean distance is {mean:.1f} (CIELAB)"
    return Measured(observed, changed <= MAX_CHANGED_SHARE and mean <= MAX_MEAN_DELTA_E)


def measure_transparency(candidate: bytes) -> Measured:
    """Return whether a part of the picture is transparent."""
    with open_picture(candidate) as picture:
        alpha = picture.convert("RGBA").getchannel("A").histogram()
    share = sum(alpha[:128]) / sum(alpha)
    return Measured(f"{share:.1%} of the pixels are transparent", MIN_TRANSPARENT_SHARE <= share < 1)


def _lab(picture: "Image") -> tuple["Image", ...]:
    from PIL import ImageCms

    lab = ImageCms.profileToProfile(
        picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None  # noqa: S101 - it is not `inPlace`
    return lab.split()


def _on_white(picture: "Image") -> "Image":
    from PIL import Image

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    rgba = picture.convert("RGBA")
    opaque = Image.new("RGB", picture.size, "white")
    opaque.paste(rgba, mask=rgba.getchannel("A"))
    return opaque
