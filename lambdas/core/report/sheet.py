"""The content of the proof sheet, from the history and the result. The templates only lay it out."""

from dataclasses import dataclass
from typing import Any

from lambdas.core.report.album import Album
from lambdas.core.report.frame import Frame, build_frame, find_checks
from lambdas.core.report.passage import Passage, build_passage
from lambdas.core.run.history import Attempt, Finding, History, Wording, finding_of
from lambdas.core.run.statuses import Status, status_of
from lambdas.core.storage.run_folder import wording_folder

# One prompt may have 50,000 characters, and a run 140 wordings. All wordings together are cut to this length.
_ALL_WORDINGS_CHARS = 200_000
_OBSERVED_CHARS = 2_000
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
    negative_prompt: Passage | None
    why: str
    """Why the previous wording was revised; empty for the first wording."""
    changes: Passage | None
    doubts: Passage | None
    """Problems found in a revised prompt that is still usable."""
    skip_reason: str
    """Why the wording has no frames; empty if it has some."""
    frames: list[Frame]
    is_chosen: bool


@dataclass(frozen=True)
class RequirementRow:
    """One requirement, and the judge's finding about it in the best picture."""

    text: str
    question: str
    kind: str
    must: bool
    observed: Passage | None
    finding: Finding | None
    """None if the picture was never judged."""
    met_in: int
    """The number of attempts whose best candidate meets it."""


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
    findings: list[RequirementRow]
    judged: int
    """The number of attempts that were judged."""
    rows: list[Row]
    aspect: float
    """The width of a frame, divided by its height."""
    max_attempts: int

    @property
    def is_stand_in(self) -> bool:
        """Whether the stand-in, and no model, made and judged the pictures."""
        return self.result.get("engine") == "stand-in"


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
        findings=_findings(history),
        judged=sum(attempt.verdict is not None for attempt in history.attempts),
        rows=rows,
        aspect=_aspect(history),
        max_attempts=request.max_retry_attempts * (request.max_prompt_revisions + 1),
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
        negative_prompt=build_passage(negative, language, max_chars) if negative else None,
        why=_why(record, history),
        changes=build_passage(changes, max_chars=_CHANGES_CHARS) if changes else None,
        doubts=build_passage(doubts, max_chars=_CHANGES_CHARS) if doubts else None,
        skip_reason=_skip_reason(worded, history),
        frames=[build_frame(attempt, history, album) for attempt in worded.attempts],
        is_chosen=any(attempt is history.best for attempt in worded.attempts),
    )


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


def _findings(history: History) -> list[RequirementRow]:
    best_checks = [_best_checks(attempt) for attempt in history.attempts]
    shown = _best_checks(history.best) if history.best else {}
    return [
        RequirementRow(
            text=item.text,
            question=item.question,
            kind=item.kind,
            must=item.must,
            observed=build_passage(shown[item.id]["observed"], max_chars=_OBSERVED_CHARS) if item.id in shown else None,
            finding=finding_of(shown[item.id]) if item.id in shown else None,
            met_in=sum(item.id in checks and checks[item.id]["met"] for checks in best_checks),
        )
        for item in history.requirements
    ]


def _best_checks(attempt: Attempt) -> dict[str, dict[str, Any]]:
    return find_checks(attempt, attempt.verdict["candidate"]) if attempt.verdict else {}


def _language(worded: Wording) -> str:
    return str(worded.record.get("language") or "")


def _aspect(history: History) -> float:
    sizes = [(image["width"], image["height"]) for one in history.attempts for image in one.images if "width" in image]
    width, height = sizes[0] if sizes else (history.request.titan_img_width, history.request.titan_img_height)
    return round(min(_WIDEST, max(_NARROWEST, width / max(1, height))), 3)
