"""Anti-aliased drawing on an RGB picture."""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]
SUPERSAMPLING = 3


class Pencil:
    """Draws on a tile in the units of one thing: (0, 0) is the thing's place, 1 is its size, y grows downwards."""

    def __init__(self, tile: Image.Image, scale_px: float, left: float, top: float) -> None:
        self._draw = ImageDraw.Draw(tile)
        self._scale_px = scale_px
        self._left, self._top = left, top

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        """Draw a filled polygon."""
        self._draw.polygon([self._px(point) for point in points], fill=(*fill, 255))

    def rectangle(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        """Draw a filled rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], fill)

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, fill: Colour) -> None:
        """Draw a filled ellipse around (x, y)."""
        box = [self._px((x - radius_x, y - radius_y)), self._px((x + radius_x, y + radius_y))]
        self._draw.ellipse(box, fill=(*fill, 255))

    def pie(self, x: float, y: float, radius: float, start: float, end: float, fill: Colour) -> None:
        """Draw a filled sector. Angles are in degrees clockwise from three o'clock."""
        box = [self._px((x - radius, y - radius)), self._px((x + radius, y + radius))]
        self._draw.pieslice(box, start, end, fill=(*fill, 255))

    def line(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        """Draw a line with round joints."""
        width_px = max(1, round(width * self._scale_px))
        self._draw.line([self._px(point) for point in points], fill=(*fill, 255), width=width_px, joint="curve")

    def _px(self, point: Point) -> Point:
        return ((point[0] - self._left) * self._scale_px, (point[1] - self._top) * self._scale_px)


class Canvas:
    """A picture being painted."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self.image = Image.new("RGB", (width_px, height_px))
        self.width_px = width_px
        self.height_px = height_px
        self.side_px = min(width_px, height_px)

    def put(self, x: float, y: float, size: float, box: tuple[float, float, float, float],
            sketch: Callable[[Pencil], None]) -> None:  # fmt: skip
        """Draw a thing of `size` at (x, y). `box`: left, top, right and bottom, in the thing's own units."""
        scale_px = size * self.side_px
        left, top, right, bottom = box
        tile_px = (max(1, round((right - left) * scale_px)), max(1, round((bottom - top) * scale_px)))
        tile = Image.new("RGBA", (tile_px[0] * SUPERSAMPLING, tile_px[1] * SUPERSAMPLING))
        sketch(Pencil(tile, scale_px * SUPERSAMPLING, left, top))
        # Shrink with premultiplied alpha. Otherwise the edges mix with the black of the transparent pixels.
        tile = tile.convert("RGBa").reduce(SUPERSAMPLING).convert("RGBA")
        at = (round(x * self.width_px + left * scale_px), round(y * self.height_px + top * scale_px))
        self.image.paste(tile, at, tile)

    def fill_rows(self, top: float, bottom: float, stops: Sequence[tuple[float, Colour]]) -> None:
        """Fill the rows from `top` to `bottom` with a gradient. `stops`: from 0 at the top to 1 at the bottom."""
        first, last = round(top * self.height_px), round(bottom * self.height_px)
        if last <= first:
            return
        rows = np.linspace(0, 1, last - first)
        places = [place for place, _ in stops]
        channels = [np.interp(rows, places, [colour[channel] for _, colour in stops]) for channel in range(3)]
        column = np.stack(channels, axis=-1).round().astype(np.uint8)[:, None, :]
        band = Image.fromarray(column).resize((self.width_px, last - first), Image.Resampling.NEAREST)
        self.image.paste(band, (0, first))

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Draw a light around a point that fades to nothing at `radius`. `strength`: 0 to 1."""
        side_px = max(2, round(radius * 2 * self.side_px))
        fading = Image.radial_gradient("L").resize((side_px, side_px), Image.Resampling.BILINEAR)
        mask = fading.point(lambda level: round(max(0, 255 - level * 1.42) * strength))
        at = (round(x * self.width_px - side_px / 2), round(y * self.height_px - side_px / 2))
        self.image.paste(Image.new("RGB", mask.size, colour), at, mask)


def lighten(colour: Colour, share: float) -> Colour:
    """Mix the colour with a share of white. A negative share mixes it with black."""
    target = 255 if share > 0 else 0
    red, green, blue = (round(level + (target - level) * abs(share)) for level in colour)
    return red, green, blue
