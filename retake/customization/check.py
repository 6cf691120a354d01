"""Check a picture and its caption against the documented limits, and describe the picture."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from retake.customization import limits
from retake.customization.candidate import Candidate, Refused


@dataclass(frozen=True)
class Picture:
    """A picture that keeps the limits. Its bytes are read again when they are written."""

    candidate: Candidate
    sha256: str
    size_bytes: int
    width_px: int
    height_px: int
    ending: str
    fingerprint: int
    """64 bits that change little when the picture changes little."""

    @property
    def file_name(self) -> str:
        """Its name in the set. It follows from the content, so that the same set is the same files."""
        return f"{self.sha256[:32]}.{self.ending}"


def check(candidate: Candidate) -> Picture | Refused:
    """Return the picture, or the reason for which the service would refuse it."""
    reasons = list(_caption_faults(candidate.caption))
    try:
        body = candidate.read()
    except OSError as error:
        return Refused(candidate.name, f"cannot be read ({error.strerror or error})")
    if len(body) > limits.MAX_PICTURE_BYTES:
        return Refused(candidate.name, f"has {len(body):,} bytes; at most {limits.MAX_PICTURE_BYTES:,} are taken")
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(body)) as image:
            warnings.simplefilter("ignore")
            reasons += _picture_faults(image)
            if reasons:
                return Refused(candidate.name, "; ".join(reasons))
            image.load()
            fingerprint = _fingerprint(image)
            width, height, ending = image.width, image.height, limits.FORMATS[str(image.format)]
    except (UnidentifiedImageError, Image.DecompressionBombError):
        return Refused(
            candidate.name, "; ".join([*reasons, "is not a picture that can be read; save it as JPEG or PNG"])
        )
    except (OSError, SyntaxError, ValueError) as error:
        return Refused(candidate.name, f"is damaged or cut off ({error}); save it again")
    return Picture(candidate, hashlib.sha256(body).hexdigest(), len(body), width, height, ending, fingerprint)


def _caption_faults(caption: str) -> list[str]:
    if not caption:
        return ["has no caption"]
    least, most = limits.MIN_CAPTION_CHARS, limits.MAX_CAPTION_CHARS
    if not least <= len(caption) <= most:
        return [f"its caption has {len(caption):,} characters; give {least} to {most:,}"]
    return []


def _picture_faults(image: Image.Image) -> list[str]:
    faults = []
    width, height = image.size
    if image.format not in limits.FORMATS:
        faults.append(f"is {image.format}; save it as JPEG or PNG")
    if min(width, height) < limits.MIN_SIDE_PX or max(width, height) > limits.MAX_SIDE_PX:
        faults.append(f"is {width}x{height} px; each side must have {limits.MIN_SIDE_PX} to {limits.MAX_SIDE_PX:,}")
    if width * height > limits.MAX_PIXELS:
        faults.append(f"has {width * height:,} pixels; at most {limits.MAX_PIXELS:,} are taken")
    if max(width, height) > limits.MAX_ASPECT * min(width, height):
        faults.append(
            f"is {width}x{height} px; the aspect must be between 1:{limits.MAX_ASPECT:g} and {limits.MAX_ASPECT:g}:1"
        )
    return faults


def _fingerprint(image: Image.Image) -> int:
    # Imported here because it imports SciPy.
    import imagehash

    return int(str(imagehash.phash(image.convert("RGB"))), 16)
