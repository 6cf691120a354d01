"""An image as hue, saturation and value, shrunk for detection."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Mask = NDArray[np.bool_]
Channel = NDArray[np.float32]

LONGEST_SIDE_PX = 448


@dataclass(frozen=True)
class HsvImage:
    """One image. Arrays are (height, width); hue in degrees, saturation and value from 0 to 1."""

    hue: Channel
    saturation: Channel
    value: Channel
    full: Image.Image
    """The image in its own size, for details that shrinking would lose."""

    @property
    def height_px(self) -> int:
        """Rows of the shrunk image."""
        return int(self.hue.shape[0])

    @property
    def width_px(self) -> int:
        """Columns of the shrunk image."""
        return int(self.hue.shape[1])

    @property
    def side_px(self) -> int:
        """The shorter side of the shrunk image. Sizes of detected things are relative to it."""
        return min(self.height_px, self.width_px)

    def mask(
        self,
        *,
        hue: tuple[float, float] = (0, 360),
        saturation: tuple[float, float] = (0, 1),
        value: tuple[float, float] = (0, 1),
        rows: tuple[float, float] = (0, 1),
    ) -> Mask:
        """Return the mask of the pixels within the bounds.

        A range of hues may cross 360, such as (350, 14). `rows` are shares of the height.
        """
        low, high = hue
        in_hue = (self.hue >= low) & (self.hue <= high) if low <= high else (self.hue >= low) | (self.hue <= high)
        mask = in_hue & (self.saturation >= saturation[0]) & (self.saturation <= saturation[1])
        mask &= (self.value >= value[0]) & (self.value <= value[1])
        mask[: round(rows[0] * self.height_px)] = False
        mask[round(rows[1] * self.height_px) :] = False
        return mask


def load_picture(data: bytes) -> Image.Image:
    """Decode the pixels of an image file: RGBA if it has an alpha channel, else RGB."""
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGBA" if opened.has_transparency_data else "RGB")


def to_hsv_image(picture: Image.Image) -> HsvImage:
    """Return a decoded picture as hue, saturation and value. What is transparent counts with the colour under it."""
    full = picture.convert("RGB")
    shrink = min(1.0, LONGEST_SIDE_PX / max(full.size))
    size_px = (max(1, round(full.width * shrink)), max(1, round(full.height * shrink)))
    small = np.asarray(full.resize(size_px, Image.Resampling.BOX), dtype=np.float32) / 255
    red, green, blue = (np.ascontiguousarray(small[..., channel]) for channel in range(3))
    highest, lowest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    spread = highest - lowest
    safe = np.where(spread > 0, spread, 1)
    sixth = np.where(
        highest == red,
        ((green - blue) / safe) % 6,
        np.where(highest == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    hue = np.where(spread > 0, sixth * 60, 0).astype(np.float32)
    saturation = np.where(highest > 0, spread / np.where(highest > 0, highest, 1), 0).astype(np.float32)
    return HsvImage(hue, saturation, highest.astype(np.float32), full)
