"""Check a source picture and a mask against the model's limits, and put right what can be put right without loss."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.core.catalogue.models import ImageModel, InputLimits
from lambdas.core.models.image.mask import encode_png
from lambdas.core.models.picture_file import UnreadablePictureError, open_picture
from lambdas.core.request.faults import Faults
from lambdas.core.runtime.errors import InvalidRequestError

if TYPE_CHECKING:
    from PIL.Image import Image

_EIGHT_BIT = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "La", "RGBa")
_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True)
class SourcePicture:
    """A picture that the model takes."""

    body: bytes
    format: str
    """As Pillow names it: "PNG"."""
    width_px: int
    height_px: int
    warnings: tuple[str, ...] = ()
    """The corrections that were made, one line each."""


def check_source(label: str, body: bytes, model: ImageModel) -> SourcePicture:
    """Return the picture, put right if necessary.

    label: the field, for messages: "images[0]".

    Raises:
        InvalidRequestError: the model does not take it; a line for each fault.
    """
    limits = _limits(model)
    with _open(label, body) as picture:
        faults = Faults()
        for fault in _find_faults(picture, limits, model.name):
            faults.add(f"{label}: {fault}")
        faults.raise_if_any()
        fixed, warnings = _put_right(picture)
        if _is_translucent(fixed) and not limits.takes_translucent:
            raise InvalidRequestError(
                f"{label}: is translucent; {model.name} takes opaque pictures only: fill its background"
            )
        found = SourcePicture(
            encode_png(fixed) if warnings else body,
            "PNG" if warnings else str(picture.format),
            *fixed.size,
            tuple(f"{label}: {warning}" for warning in warnings),
        )
    if len(found.body) > limits.max_bytes:
        raise InvalidRequestError(f"{label}: {_too_many_bytes(len(found.body), limits, model.name)}")
    return found


def check_mask(label: str, body: bytes, model: ImageModel, source: SourcePicture) -> SourcePicture:
    """Return the mask of a source picture. Black is inside.

    Raises:
        InvalidRequestError: the model does not take it.
    """
    limits = _limits(model)
    with _open(label, body) as picture:
        if _is_translucent(picture):
            raise InvalidRequestError(f"{label}: is translucent; paint the inside black and the rest white")
        mask = picture.convert("RGB")
        shades = mask.convert("L").histogram()
        if shades[255] == mask.width * mask.height:
            raise InvalidRequestError(f"{label}: is white all over, so it marks nothing; paint the inside black")
        if shades[0] == mask.width * mask.height:
            raise InvalidRequestError(f"{label}: is black all over; leave the outside white")
        warnings = []
        if not limits.takes_grey_masks:
            if grey := count_grey(mask):
                raise InvalidRequestError(
                    f"{label}: has {grey:,} pixels that are neither black (0 0 0) nor white (255 255 255), and {model.name} "
                    "takes no others; apply a threshold, and save it as PNG"
                )
            if picture.format == "JPEG":
                raise InvalidRequestError(
                    f"{label}: is a JPEG file (0 grey pixels); save it as PNG, which keeps it exact"
                )
        if mask.size != (source.width_px, source.height_px):
            sizes = f"is {mask.width}×{mask.height} px, and the picture {source.width_px}×{source.height_px} px"
            if not limits.takes_grey_masks:
                raise InvalidRequestError(f"{label}: {sizes}; make them the same size")
            warnings.append(f"{label}: {sizes}; {model.name} resizes the mask")
        return SourcePicture(encode_png(mask), "PNG", *mask.size, tuple(warnings))


def count_grey(mask: "Image") -> int:
    """Return how many pixels of an RGB picture are neither black nor white."""
    from PIL import ImageChops

    bands = mask.split()
    between = [0] + [255] * 254 + [0]
    grey = bands[0].point(between)
    for band, other in zip(bands[1:], bands, strict=False):
        grey = ImageChops.lighter(grey, band.point(between))
        grey = ImageChops.lighter(grey, ImageChops.difference(band, other).point([0] + [255] * 255))
    return grey.histogram()[255]


def check_bytes(label: str, size_bytes: int, model: ImageModel) -> None:
    """Raise `InvalidRequestError` if a file is too large for the model, before it is read."""
    limits = _limits(model)
    if size_bytes > limits.max_bytes:
        raise InvalidRequestError(f"{label}: {_too_many_bytes(size_bytes, limits, model.name)}")


def _limits(model: ImageModel) -> InputLimits:
    if model.input is None:
        raise InvalidRequestError(f"image_model_id: {model.name} takes no source picture")
    return model.input


def _too_many_bytes(size_bytes: int, limits: InputLimits, name: str) -> str:
    return f"has {size_bytes:,} bytes; {name} takes at most {limits.max_bytes:,}: scale it down or compress it"


@contextmanager
def _open(label: str, body: bytes) -> "Iterator[Image]":
    """Open and decode a picture. A file that cannot be decoded is a fault of the field."""
    refusal: InvalidRequestError | None = None
    try:
        with open_picture(body) as picture:
            try:
                picture.load()
            except Exception as error:  # noqa: BLE001 - Pillow's decoders raise different errors
                message = f"{label}: is damaged or cut off ({error}); save or upload it again"
                raise InvalidRequestError(message) from None
            try:
                yield picture
            except InvalidRequestError as fault:
                # Inside `open_picture`, every error counts as a damaged file.
                refusal = fault
    except UnreadablePictureError as error:
        cause = error.__cause__
        if isinstance(cause, InvalidRequestError):
            raise cause from None
        raise InvalidRequestError(f"{label}: {error}; give a JPEG or PNG file") from None
    if refusal:
        raise refusal


def _find_faults(picture: "Image", limits: InputLimits, name: str) -> Iterator[str]:
    width, height = picture.size
    size = f"is {width:,}×{height:,} px"
    if picture.format not in limits.formats:
        yield f"is a {picture.format} file; {name} takes {' or '.join(limits.formats)}"
    if getattr(picture, "n_frames", 1) > 1:
        yield "is animated; give a single picture"
    if picture.mode == "CMYK":
        yield "is CMYK; convert it to RGB"
    elif picture.mode not in _EIGHT_BIT:
        yield f"has more than 8 bits a channel ({picture.mode}); convert it to 8 bits"
    if limits.max_side_px and max(width, height) > limits.max_side_px:
        yield f"{size}; {name} takes at most {limits.max_side_px:,} px a side: scale it down"
    elif width * height > limits.max_pixels:
        yield f"{size}, which is {width * height:,} in all; {name} takes at most {limits.max_pixels:,}: scale it down"
    if min(width, height) < limits.min_side_px:
        yield f"{size}; {name} takes at least {limits.min_side_px} px a side"
    if limits.max_aspect and max(width, height) > limits.max_aspect * min(width, height):
        yield f"{size}; {name} takes an aspect ratio from 1:{limits.max_aspect:g} to {limits.max_aspect:g}:1: crop it"


def _put_right(picture: "Image") -> tuple["Image", list[str]]:
    """Return the picture as it is meant to be seen, and what was changed."""
    from PIL import ImageOps

    fixed, warnings = picture, []
    if picture.getexif().get(_EXIF_ORIENTATION, 1) != 1:
        fixed = ImageOps.exif_transpose(picture)
        warnings.append("was turned upright, as its EXIF data says")
    if fixed.mode in ("1", "P", "PA"):
        has_alpha = fixed.mode == "PA" or "transparency" in fixed.info
        fixed = fixed.convert("RGBA" if has_alpha else "RGB")
        warnings.append("has a palette, and was converted to RGB")
    if "A" in fixed.getbands() and not _is_translucent(fixed):
        fixed = fixed.convert("L" if fixed.mode == "LA" else "RGB")
        warnings.append("has an alpha channel that is opaque, which was removed")
    return fixed, warnings


def _is_translucent(picture: "Image") -> bool:
    """Return whether some pixel is not opaque."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return False
    alpha = picture.convert("RGBA").getchannel("A")
    return alpha.histogram()[255] < alpha.width * alpha.height
