"""The content of the proof sheet, from the history and the result. The templates only lay it out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.core.report.album import Album
from lambdas.core.report.alike import FrameGroup, group_frames
from lambdas.core.report.frame import Frame, build_frame
from lambdas.core.report.passage import Passage, build_passage
from lambdas.core.report.requirement_rows import AttemptColumn, RequirementRow, build_columns, build_rows
from lambdas.core.report.wording_diff import Piece, diff_wordings
from lambdas.core.run.ending_words import engine_notice, next_step
from lambdas.core.run.history import History, Wording
from lambdas.core.run.statuses import Status, status_of
from lambdas.core.runtime.records import wording_folder

# One prompt may have 50,000 characters, and a run 140 wordings. All wordings together are cut to this length.
_ALL_WORDINGS_CHARS = 200_000
_CHANGES_CHARS = 1_500
# Wider or higher pictures are letterboxed, so that the frames of a strip stay in a row.
_NARROWEST, _WIDEST = 0.72, 1.8


@dataclass(frozen=True)
class Row:
    """One wording of the prompt and its attempts."""

    number: int
    """Counts from 1, as people do; the records count revisions from 0."""
    folder: str
    prompt: Passage | None
    """None if its record is missing."""
    diff: list[Piece]
    """The changes to the wording before it; empty if they are not shown."""
    negative_prompt: Passage | None
    why: str
    """Why the previous wording was revised; empty for the first wording."""
    changes: Passage | None
    doubts: Passage | None
    """Problems found in a revised prompt that is still usable."""
    skip_reason: str
    """Why the wording has no frames; empty if it has some."""
    groups: list[FrameGroup]
    """Its attempts."""
    is_chosen: bool

    @property
    def frames(self) -> list[Frame]:
        """Its attempts, in order."""
        return [frame for group in self.groups for frame in (group.frame, *group.folded)]


@dataclass(frozen=True)
class Sheet:
    """The content of the whole page."""

    result: dict[str, Any]
    history: History
    status: Status
    album: Album
    chosen: Frame | None
    chosen_row: Row | None
    original: Passage
    original_negative: Passage | None
    requirements: list[RequirementRow]
    columns: list[AttemptColumn]
    """The attempts that were judged."""
    rows: list[Row]
    aspect: float
    """The width of a frame, divided by its height."""
    max_attempts: int
    engine_notice: str | None
    """Says that the stand-in, and no model, made and judged the pictures."""
    next_step: str | None
    """Advice for the user."""

    @property
    def started(self) -> datetime | None:
        """When the execution started."""
        return datetime.fromisoformat(self.result["started_at"]) if "started_at" in self.result else None


def build_sheet(history: History, result: dict[str, Any], album: Album) -> Sheet:
    """Return the content of the page."""
    request = history.request
    language = _language(history.wordings[0]) if history.wordings else ""
    rows = [_row(position, history, album) for position in range(len(history.wordings))]
    chosen_row = next((row for row in rows if row.is_chosen), None)
    return Sheet(
        result=result,
        history=history,
        status=status_of(result),
        album=album,
        chosen=next((frame for frame in chosen_row.frames if frame.is_chosen), None) if chosen_row else None,
        chosen_row=chosen_row,
        original=build_passage(request.prompt, language),
        original_negative=build_passage(request.negative_prompt, language) if request.negative_prompt else None,
        requirements=build_rows(history),
        columns=build_columns(history),
        rows=rows,
        aspect=_aspect(history),
        max_attempts=request.max_retry_attempts * (request.max_prompt_revisions + 1),
        engine_notice=engine_notice(result),
        next_step=next_step(result),
    )


def _row(position: int, history: History, album: Album) -> Row:
    worded, record = history.wordings[position], history.wordings[position].record
    max_chars = _ALL_WORDINGS_CHARS // len(history.wordings)
    language = _language(worded)
    negative, changes, doubts = (record.get(name) for name in ("negative_prompt", "changes", "doubts"))
    return Row(
        number=worded.revision + 1,
        folder=wording_folder(worded.revision),
        prompt=build_passage(record["prompt"], language, max_chars) if "prompt" in record else None,
        diff=_diff(position, history, max_chars),
        negative_prompt=build_passage(negative, language, max_chars) if negative else None,
        why=_why(record, history),
        changes=build_passage(changes, max_chars=_CHANGES_CHARS) if changes else None,
        doubts=build_passage(doubts, max_chars=_CHANGES_CHARS) if doubts else None,
        skip_reason=_skip_reason(worded, history),
        groups=group_frames([build_frame(attempt, history, album) for attempt in worded.attempts]),
        is_chosen=any(attempt is history.best for attempt in worded.attempts),
    )


def _diff(position: int, history: History, max_chars: int) -> list[Piece]:
    if position == 0:
        return []
    old, new = (history.wordings[place].record.get("prompt", "") for place in (position - 1, position))
    return diff_wordings(old, new) if max(len(old), len(new)) <= max_chars else []


def _why(record: dict[str, Any], history: History) -> str:
    model = history.request.image_model
    return {
        "language": f"{model.name} does not read the language of the wording before it.",
        "length": f"The wording before it is longer than {model.name} takes ({model.max_prompt_chars:,} characters).",
        "blocked": "A content filter refused the wording before it.",
        "failed": "No picture of the wording before it met every requirement.",
    }.get(str(record.get("why")), "")


def _skip_reason(worded: Wording, history: History) -> str:
    if worded.attempts:
        return ""
    model = history.request.image_model
    return {
        "language": f"Not drawn: {model.name} does not read this language, so nothing was paid for it.",
        "length": f"Not drawn: {model.name} takes {model.max_prompt_chars:,} characters, so nothing was paid for it.",
    }.get(str(worded.record.get("unusable")), "Not drawn: the run ended before its first attempt.")


def _language(worded: Wording) -> str:
    return str(worded.record.get("language") or "")


def _aspect(history: History) -> float:
    sizes = [(image["width"], image["height"]) for one in history.attempts for image in one.images if "width" in image]
    width, height = sizes[0] if sizes else (history.request.titan_img_width, history.request.titan_img_height)
    return round(min(_WIDEST, max(_NARROWEST, width / max(1, height))), 3)
