"""One card of the batch sheet: an item, its picture, and why it was not accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.core.report.batch_links import Links
from lambdas.core.report.passage import clip
from lambdas.core.run.history import Finding
from lambdas.core.run.statuses import ACCEPTED, Status, status_of
from lambdas.core.runtime.records import REPORT, THUMBNAIL

_OPENING_CHARS = 110
_REQUIREMENT_CHARS = 120
_REASON_CHARS = 200
_MISSED_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, folded after its opening, and cut."""

    opening: str
    rest: str
    """Folded; empty if the opening is the whole prompt."""
    is_cut: bool
    """Whether the page leaves out its end."""


@dataclass(frozen=True, slots=True)
class Card:
    """One item."""

    item_id: str
    line: int | None
    status: Status
    prompt: Prompt
    attempts: int
    cost_usd: float
    picture: str | None
    """The link to the chosen picture; None if there is none, or it cannot be linked."""
    thumbnail: str | None
    sheet: str | None
    """The link to the run's own proof sheet."""
    elsewhere: str | None
    """The address of a picture in another bucket."""
    missed: list[tuple[Finding, str]]
    missed_omitted: int
    reason: str
    """Why the item was not accepted, if no requirement says so."""


def build_card(row: dict[str, Any], links: Links, prompt_bytes: int) -> Card:
    """Return the card of a row of results.jsonl. Its prompt is cut to `prompt_bytes`."""
    status, image, report = status_of(row), row["image"], row["report"]
    failed, uncertain = row["failed"], row["uncertain"]
    missed: list[tuple[Finding, str]] = [
        *(("missed", clip(requirement_text(check), _REQUIREMENT_CHARS)) for check in failed),
        *(("uncertain", clip(requirement_text(check), _REQUIREMENT_CHARS)) for check in uncertain),
    ]
    picture = links.to(image)
    beside_report = report.removesuffix(REPORT) if report else None
    return Card(
        item_id=row["item_id"],
        line=row["line"],
        status=status,
        prompt=fold_prompt(row["prompt"], prompt_bytes),
        attempts=row["attempts"],
        cost_usd=row["cost_usd"],
        picture=picture,
        thumbnail=links.to(beside_report + THUMBNAIL) if picture and beside_report else None,
        sheet=links.to(report),
        elsewhere=image if image and not picture else None,
        missed=missed[:_MISSED_SHOWN],
        missed_omitted=max(0, len(missed) - _MISSED_SHOWN),
        reason=_reason(row, status) if not missed else "",
    )


def requirement_text(check: Mapping[str, Any]) -> str:
    """Return the text of a requirement in a row's `failed` or `uncertain`."""
    return str(check["text"])


def fold_prompt(text: str, max_bytes: int) -> Prompt:
    """Return the prompt, cut to `max_bytes` and folded between two words."""
    kept = cut_bytes(text, max_bytes)
    is_cut = len(kept) < len(text)
    if len(kept) <= _OPENING_CHARS:
        return Prompt(kept, "", is_cut)
    place = kept.rfind(" ", _OPENING_CHARS // 2, _OPENING_CHARS)
    place = _OPENING_CHARS if place < 0 else place
    return Prompt(kept[:place], kept[place:].lstrip(), is_cut)


def cut_bytes(text: str, max_bytes: int) -> str:
    """Return the beginning of the text that takes at most `max_bytes` in UTF-8."""
    return text.encode("utf-8", "replace")[:max_bytes].decode("utf-8", "ignore")


def _reason(row: dict[str, Any], status: Status) -> str:
    if status is ACCEPTED:
        return ""
    parts = [row["error"], row["message"]]
    return clip(": ".join(str(part) for part in parts if part), _REASON_CHARS)
