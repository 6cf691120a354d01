"""The checks of an edit: requirements that compare a candidate with its source.

Each is known by words of its text, such as "outside the edited part". The judge does not see a mask: it finds by the
pixels where the candidate differs from the source.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PIL import Image

from standin.scenes.judge.compare import Comparison, compare, edges, find_subject
from standin.scenes.judge.compare_things import (
    all_things,
    count_things,
    has_alike,
    is_in,
    is_thing,
    mark,
    missing,
    places,
)
from standin.scenes.judge.components import Component, dilate, find_components
from standin.scenes.judge.describe import describe
from standin.scenes.judge.detect_all import detect_picture
from standin.scenes.judge.detection import Detections
from standin.scenes.judge.find_named import find_named
from standin.scenes.judge.hsv_image import Mask

Finding = tuple[str, bool, bool]
"""What is observed, whether the requirement is met, and whether that is certain."""

_MAX_STRAY_SHARE = 0.01
"""Of the picture: how much may differ where nothing should."""
_MAX_EDIT_SHARE = 0.45
"""Of the picture: with more, all of it was repainted."""
_MAX_LOST_SHARE = 0.08
"""Of a subject."""
_MIN_SUBJECT_SHARE = 0.3
"""Of the largest part of what is no background: a part from this size on may be the subject."""
_SEAM_LEVELS = 10
_MAX_NEW_EDGE_SHARE = 0.25
_MAX_STYLE_DISTANCE = 40
_MAX_THUMBNAIL_DISTANCE = 42
_UNKNOWN = "cannot compare: the pictures have different sizes"


class _SizesDifferError(Exception):
    """The candidate has not the size that the source demands."""


@dataclass(frozen=True, eq=False)
class EditedPicture:
    """A candidate beside its sources."""

    sources: Sequence[Image.Image]
    """At least one. All checks but that of a variation use the first."""
    candidate: Image.Image
    detections: Detections = field(repr=False)
    """Of the candidate."""

    @cached_property
    def comparison(self) -> Comparison:
        """The comparison with the first source. Raise `_SizesDifferError` if the pictures cannot be compared."""
        compared = compare(self.sources[0], self.candidate)
        if compared is None:
            raise _SizesDifferError
        return compared

    @cached_property
    def source_detections(self) -> tuple[Detections, ...]:
        """The detections of each source."""
        return tuple(detect_picture(source) for source in self.sources)


def check_edit(text: str, pictures: EditedPicture) -> Finding | None:
    """Return the finding for a requirement about an edit. None: it is not one that is known."""
    lowered = text.lower()
    for pattern, check in _CHECKS:
        match = pattern.search(lowered)
        if match:
            try:
                return check(pictures, match)
            except _SizesDifferError:
                return _UNKNOWN, False, True
    return None


def _check_kept(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    compared = pictures.comparison
    if compared.share > _MAX_EDIT_SHARE:
        return f"{compared.share:.0%} of the picture differs from the source", False, True
    lost = missing(pictures.source_detections[0], pictures.detections, outside=places(compared))
    if lost:
        return f"no {describe(lost)} as in the source", False, True
    return f"{compared.share:.0%} of the picture differs, in {len(compared.parts())} places", True, True


def _check_recoloured(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    compared = pictures.comparison
    found = find_named(match["named"], pictures.source_detections[0])
    if not found:
        return f"cannot find {match['named']} in the source", False, False
    region = np.zeros_like(compared.changed)
    for one in found:
        mark(region, one)
    stray = compared.share_outside(region)
    if stray > _MAX_STRAY_SHARE:
        return f"{stray:.0%} of the picture differs outside of {match['named']}", False, True
    gone = [one for one in found if not has_alike(one, pictures.detections, same_colour=False)]
    if gone:
        return f"no {describe(tuple(gone))} in its place", False, True
    return f"only {match['named']} differs", True, True


def _check_extended(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    compared = pictures.comparison
    met = compared.share <= 2 * _MAX_STRAY_SHARE
    return f"{compared.share:.0%} of the source's area differs", met, True


def _check_subject(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    compared = pictures.comparison
    subject = find_subject(compared.source)
    if not subject.any():
        return "the source has no clear subject", False, False
    # Which of several things is the subject, nobody but the mask knows.
    parts = find_components(subject)
    parts = [part for part in parts if part.area > _MIN_SUBJECT_SHARE * parts[0].area]
    lost = min(_lost_share(part, compared.changed) for part in parts)
    return f"{lost:.0%} of the subject differs", lost <= _MAX_LOST_SHARE, True


def _lost_share(part: Component, changed: Mask) -> float:
    place = changed[part.top : part.bottom, part.left : part.right]
    return float((place & part.mask).sum() / part.area)


def _check_seam(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    compared = pictures.comparison
    if compared.is_extended:
        step = _step_at_frame(pictures.candidate, compared.frame)
        return f"a step of {step:.0f} levels at the border", step <= _SEAM_LEVELS, True
    share = _new_edge_share(compared)
    return f"an edge at {share:.0%} of the border", share <= _MAX_NEW_EDGE_SHARE, True


def _step_at_frame(candidate: Image.Image, frame: tuple[int, int, int, int]) -> float:
    """Return the largest typical step of brightness over a side of the source's frame."""
    grey = np.asarray(candidate.convert("L"), dtype=np.float32)
    left, top, right, bottom = frame
    pairs = []
    for column, inner in ((left - 1, left), (right, right - 1)):
        if 0 <= column < grey.shape[1]:
            pairs.append((grey[top:bottom, column], grey[top:bottom, inner]))
    for row, inner in ((top - 1, top), (bottom, bottom - 1)):
        if 0 <= row < grey.shape[0]:
            pairs.append((grey[row, left:right], grey[inner, left:right]))
    return max((float(np.median(np.abs(one - other))) for one, other in pairs), default=0.0)


def _new_edge_share(compared: Comparison) -> float:
    """Return the share of the border of the change at which there is an edge, and was none in the source."""
    border = dilate(compared.changed, 2) & dilate(~compared.changed, 2)
    if not border.any():
        return 0.0
    new = dilate(edges(compared.candidate), 1) & ~dilate(edges(compared.source), 3)
    return float((new & border).sum() / border.sum())


def _check_gone(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    compared = pictures.comparison
    edited = places(compared)
    if not edited.any():
        return "nothing differs from the source", False, True
    left = tuple(one for one in pictures.detections.found if is_thing(one) and is_in(one, edited))
    if left:
        return f"{describe(left)} at the edited part", False, True
    return "nothing stands at the edited part", True, True


def _check_filled(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    compared = pictures.comparison
    strange = total = 0
    for part in compared.parts():
        place = np.zeros_like(compared.changed)
        part.draw_on(place)
        around = dilate(place, 5) & ~place
        if not around.any():
            return "all of the picture differs from the source", False, True
        low, high = np.percentile(compared.candidate[around], (2, 98), axis=0)
        inner = compared.candidate[place]
        strange += int(((inner < low - 12) | (inner > high + 12)).any(axis=-1).sum())
        total += len(inner)
    if not total:
        return "nothing differs from the source", False, True
    return f"{strange / total:.0%} of the place has other colours than what surrounds it", strange < 0.1 * total, True


def _check_whole(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    compared = pictures.comparison
    subject = find_subject(compared.source)
    if not subject.any():
        return "the source has no clear subject", False, False
    lost = float(((compared.alpha <= 127) & subject).sum() / subject.sum())
    return f"{lost:.0%} of the subject is transparent", lost <= _MAX_LOST_SHARE, True


def _check_bare(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    compared = pictures.comparison
    background = ~dilate(find_subject(compared.source), 3)
    if not background.any():
        return "the source has no clear background", False, False
    # Retake lays a large picture on white before it is judged.
    is_white = (compared.candidate > 252).all(axis=-1) & compared.changed
    bare = float(((compared.alpha <= 127) | is_white)[background].mean())
    return f"{bare:.0%} of the background is transparent or white", bare > 0.97, True


def _check_alike(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    shown = count_things(pictures.detections)
    for source, detections in zip(pictures.sources, pictures.source_detections, strict=True):
        wanted = count_things(detections)
        if (wanted and not wanted - shown) or (
            not wanted and _thumbnail_distance(source, pictures.candidate) < _MAX_THUMBNAIL_DISTANCE
        ):
            return (
                f"{describe(all_things(pictures.detections)) or 'much the same picture'}, as in a source",
                True,
                True,
            )
    return f"{describe(all_things(pictures.detections)) or 'another picture'}, not as in the source", False, True


def _thumbnail_distance(one: Image.Image, other: Image.Image) -> float:
    small = [np.asarray(image.convert("RGB").resize((16, 16)), dtype=np.float32) for image in (one, other)]
    return float(np.abs(small[0] - small[1]).mean())


def _check_composition(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    size_px = (224, 224)
    source, candidate = (
        edges(np.asarray(image.convert("RGB").resize(size_px, Image.Resampling.BOX), dtype=np.float32))
        for image in (pictures.sources[0], pictures.candidate)
    )
    if source.sum() < 30:
        return "the source has no clear outlines", False, False
    # By chance, some edges are near others everywhere.
    near = dilate(candidate, 2)
    kept = float((source & near).sum() / source.sum())
    return f"{kept:.0%} of the source's outlines are in the candidate", kept - 0.5 * float(near.mean()) > 0.5, True


def _check_style(pictures: EditedPicture, match: re.Match[str]) -> Finding:
    means = [
        np.asarray(one.convert("RGB"), dtype=np.float32).mean(axis=(0, 1))
        for one in (pictures.sources[0], pictures.candidate)
    ]
    distance = float(np.abs(means[0] - means[1]).max())
    return f"the mean colours differ by {distance:.0f} levels", distance < _MAX_STYLE_DISTANCE, True


_CHECKS: tuple[tuple[re.Pattern[str], Callable[[EditedPicture, re.Match[str]], Finding]], ...] = tuple(
    (re.compile(pattern), check)
    for pattern, check in (
        (r"nothing but the colou?r of this has changed.*?: *(?P<named>.+)", _check_recoloured),
        (r"\b(outside|everything else|nothing else|rest of the (picture|source))\b", _check_kept),
        (r"area that the source shows|source picture is kept", _check_extended),
        (r"main subject\b.*\bunchanged", _check_subject),
        (r"visible border|\bseam\b", _check_seam),
        (r"\bis gone\b", _check_gone),
        (r"looks like its surroundings", _check_filled),
        (r"subject\b.*\b(complete|whole)\b", _check_whole),
        (r"source's background|background is transparent", _check_bare),
        (r"subject is the same|resembles the source", _check_alike),
        (r"\b(composition|outlines)\b.*\b(source|condition)", _check_composition),
        (r"\bstyle\b.*\b(source|reference)", _check_style),
    )
)
