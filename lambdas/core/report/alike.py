"""Fold attempts at one wording that ended the same way one after the other, so that a long run fits on few screens."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lambdas.core.report.frame import Frame

# Two frames stand side by side even on a phone, so a single frame is not worth folding.
_MIN_FOLDED = 2


@dataclass(frozen=True)
class FrameGroup:
    """A frame, and the frames after it that the page folds."""

    frame: Frame
    folded: list[Frame] = field(default_factory=list)


def group_frames(frames: Sequence[Frame]) -> list[FrameGroup]:
    """Return the frames of one wording in order.

    Accepted frames are not folded, and neither is the chosen one: the best picture is the earliest among equals.
    """
    groups: list[FrameGroup] = []
    for frame in frames:
        if groups and not frame.accepted and frame.ending == groups[-1].frame.ending:
            groups[-1].folded.append(frame)
        else:
            groups.append(FrameGroup(frame))
    return [one for group in groups for one in _unfold_few(group)]


def _unfold_few(group: FrameGroup) -> list[FrameGroup]:
    if len(group.folded) >= _MIN_FOLDED:
        return [group]
    return [FrameGroup(frame) for frame in (group.frame, *group.folded)]
