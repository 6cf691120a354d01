"""The card that is painted for a prompt without any known word."""

import textwrap

from PIL import Image, ImageDraw, ImageFont

from standin.scenes.language.vocabulary import things

_PAPER = (250, 247, 240)
_INK = (58, 56, 64)
_FAINT = (128, 124, 132)


def draw_card(prompt: str, width_px: int, height_px: int) -> Image.Image:
    """Draw a card with the prompt and a list of the things that the painter can draw."""
    side_px = min(width_px, height_px)
    image = Image.new("RGB", (width_px, height_px), (212, 206, 196))
    draw = ImageDraw.Draw(image)
    inset = round(side_px * 0.06)
    draw.rounded_rectangle([inset, inset, width_px - inset, height_px - inset], round(side_px * 0.03), fill=_PAPER)
    known = ", ".join(thing.plural for thing in things().values())
    blocks = [
        ("A stand-in's card", 0.045, _INK),
        ("This picture is not by an AI model. Retake's stand-in draws a few simple things, and this prompt names none:",
         0.026, _FAINT),
        (f"“{_printable(prompt)}”", 0.034, _INK),
        (f"It can draw: {known}.", 0.024, _FAINT),
        ("For real pictures: retake run --bedrock aws", 0.026, _INK),
    ]  # fmt: skip
    y = inset * 2.0
    for text, size, fill in blocks:
        font = ImageFont.load_default(size=max(6.0, size * side_px))
        columns = max(12, int((width_px - 4 * inset) / (size * side_px * 0.52)))
        lines = textwrap.wrap(text, columns)[:8]
        draw.multiline_text((inset * 2, y), "\n".join(lines), font=font, fill=fill, spacing=size * side_px * 0.4)
        y += len(lines) * size * side_px * 1.45 + side_px * 0.035
    return image


def _printable(prompt: str) -> str:
    """Shorten the prompt to 200 characters. The built-in font has Latin letters only."""
    short = " ".join(prompt.split())
    short = short if len(short) <= 200 else short[:199] + "…"
    return (
        short
        if all(ord(character) < 0x250 or character in "“”…’–—" for character in short)
        else "(not in Latin letters)"
    )
