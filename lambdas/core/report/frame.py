"""One frame of the contact sheet: an attempt, its candidates, and the judge's findings about the best candidate."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lambdas.core.report.album import Album
from lambdas.core.report.amounts import format_duration
from lambdas.core.report.embedding import Embedded
from lambdas.core.report.passage import clip
from lambdas.core.run.history import Attempt, Finding, History, finding_of
from lambdas.core.runtime.records import attempt_folder

_NO_PICTURE = {
    "BLOCKED_PROMPT": "The prompt was blocked by a content filter",
    "BLOCKED_OUTPUT": "The picture was blocked by a content filter",
    "BLOCKED_INPUT": "A source picture was blocked by a content filter",
    "UNREADABLE": "The picture cannot be opened",
}
# The whole text is in the table of requirements.
_CAPTION_CHARS = 80
_REASON_CHARS = 400
_MISSED_SHOWN = 4
_MISSED_AT_MOST = 8


@dataclass(frozen=True)
class Candidate:
    """One picture of an attempt."""

    number: int
    href: str | None
    """The path relative to the page, which is in the run's folder; None if the file does not exist."""
    seed: int | None
    size: str
    picture: Embedded | None
    fault: str
    """Why the picture cannot be shown; empty if it is shown, or left out of the page."""
    met: int | None
    """How many requirements it meets; None if it was never judged."""
    is_best: bool
    is_chosen: bool


@dataclass(frozen=True)
class Missed:
    """A requirement that the best candidate does not meet, or that the judge could not decide."""

    text: str
    must: bool
    finding: Finding
    observed: str


@dataclass(frozen=True)
class NotJudged:
    """A picture that the model returned but that could not be judged. It was paid for and kept."""

    name: str
    href: str
    reason: str


@dataclass(frozen=True)
class Frame:
    """One attempt."""

    attempt: int
    folder: str
    blocked: str
    """Why the attempt has no picture to show: a content filter or an unreadable file; empty otherwise."""
    reason: str
    best: Candidate | None
    others: list[Candidate]
    not_judged: list[NotJudged]
    findings: list[Finding]
    """The findings about the best candidate, in the order of the requirements; empty if it was never judged."""
    accepted: bool
    missed: list[Missed]
    missed_folded: list[Missed]
    missed_omitted: int
    duration: str
    seed: int | None
    """The seed of the best candidate, or of the call if it returned no picture."""
    is_chosen: bool

    @property
    def ending(self) -> tuple[Any, ...]:
        """How the attempt ended. The attempts of one wording with equal endings look alike to a reader."""
        return (
            self.blocked,
            self.findings,
            self.best is None,
            self.best.fault if self.best else "",
            self.not_judged == [],
        )


def find_checks(attempt: Attempt, candidate: int) -> dict[str, dict[str, Any]]:
    """Return the judge's checks of one candidate, by requirement id; empty if the attempt was never judged."""
    checks = attempt.verdict["checks"] if attempt.verdict else []
    return {check["id"]: check for check in checks if check["candidate"] == candidate}


def build_frame(attempt: Attempt, history: History, album: Album) -> Frame:
    """Return the frame of an attempt."""
    candidates = [_candidate(number, attempt, album) for number in range(1, len(attempt.images) + 1)]
    best = next((one for one in candidates if one.is_best), None)
    checks = find_checks(attempt, best.number) if best else {}
    judged = [(item, checks[item.id]) for item in history.requirements if item.id in checks]
    missed = [
        Missed(clip(item.text, _CAPTION_CHARS), item.must, finding_of(check), clip(check["observed"], _CAPTION_CHARS))
        for item, check in judged
        if not check["met"]
    ]
    missed.sort(key=lambda one: (not one.must, one.finding == "uncertain"))
    return Frame(
        attempt=attempt.attempt,
        folder=attempt_folder(attempt.revision, attempt.attempt),
        blocked=_NO_PICTURE.get(attempt.outcome, ""),
        reason=clip(str(attempt.record.get("reason") or ""), _REASON_CHARS),
        best=best,
        others=[one for one in candidates if not one.is_best],
        not_judged=[
            NotJudged(image["name"].rpartition("/")[2], quote(image["name"]), image["reason"])
            for image in attempt.record.get("not_judged", [])
        ],
        findings=[finding_of(check) for _, check in judged],
        accepted=attempt.verdict is not None and attempt.verdict["result"] == "YES",
        missed=missed[:_MISSED_SHOWN],
        missed_folded=missed[_MISSED_SHOWN:_MISSED_AT_MOST],
        missed_omitted=max(0, len(missed) - _MISSED_AT_MOST),
        duration=format_duration(attempt.record["latency_s"]) if "latency_s" in attempt.record else "",
        seed=best.seed if best and best.seed is not None else attempt.record.get("seed"),
        is_chosen=attempt is history.best,
    )


def _candidate(number: int, attempt: Attempt, album: Album) -> Candidate:
    image = attempt.images[number - 1]
    name, best = image["name"], attempt.best_image
    checks = find_checks(attempt, number)
    return Candidate(
        number=number,
        href=quote(name) if name in attempt.image_names else None,
        seed=image.get("seed"),
        size=f"{image['width']} × {image['height']} px" if "width" in image else "",
        picture=album.frames.get(name),
        fault=album.faults.get(name, ""),
        met=sum(check["met"] for check in checks.values()) if checks else None,
        is_best=best is not None and name == best["name"],
        is_chosen=name == album.chosen_name,
    )
