"""The content of the batch sheet, gathered row by row. The template only lays it out.

A batch may have 100,000 items. What is kept in memory is bounded, whatever the rows hold.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lambdas.core.report.batch_card import Card, build_card, cut_bytes, requirement_text
from lambdas.core.report.batch_links import Links
from lambdas.core.report.passage import clip
from lambdas.core.run.history import Finding
from lambdas.core.run.statuses import ACCEPTED, REJECTED_LINE, Status, status_of

MAX_CARDS = 10_000
MAX_REJECTED = 300

# All prompts together, unless there are more items. With the rest of the cards, a page of 2,000 items stays below 2 MB.
_ALL_PROMPTS_BYTES = 540_000
_MIN_PROMPT_BYTES, _MAX_PROMPT_BYTES = 160, 5_000
_REQUIREMENT_CHARS = 200
_MAX_REQUIREMENTS = 5_000
_REQUIREMENTS_SHOWN = 10
_REJECTED_TEXT_BYTES = 600
_REJECTED_REASON_CHARS = 500


@dataclass(frozen=True)
class RejectedLine:
    """A line of the manifest that could not be run."""

    line: int
    item_id: str
    text: str
    reason: str


@dataclass(frozen=True)
class Ending:
    """How many items ended with one status."""

    status: Status
    items: int
    faults: list[tuple[str, int]]
    """For faults, how many items ended with each error."""


@dataclass
class BatchSheet:
    """The content of the page, while rows are added and after."""

    links: Links
    lines: int
    """The number of lines of the manifest, which decides how much of each prompt is shown."""
    images: int = 0
    accepted: int = 0
    items: int = 0
    rejected_lines: int = 0
    rejected: list[RejectedLine] = field(default_factory=list)
    _statuses: Counter[str] = field(default_factory=Counter)
    _faults: Counter[str] = field(default_factory=Counter)
    _requirements: dict[Finding, Counter[str]] = field(
        default_factory=lambda: {"missed": Counter(), "uncertain": Counter()}
    )
    _not_accepted_cards: list[Card] = field(default_factory=list)
    _accepted_cards: list[Card] = field(default_factory=list)

    def gather(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the rows of results.jsonl again, and add each to the sheet."""
        for row in rows:
            self.add(row)
            yield row

    def add(self, row: dict[str, Any]) -> None:
        """Add one row of results.jsonl."""
        if row["status"] == REJECTED_LINE:
            self._add_rejected(row)
            return
        status = status_of(row)
        is_accepted = status is ACCEPTED
        self.items += 1
        self.accepted += is_accepted
        self.images += row["images"]
        self._statuses[row["status"]] += 1
        if status.batch_count == "errors":
            _count(self._faults, [row["error"]])
        _count(self._requirements["missed"], map(requirement_text, row["failed"]))
        _count(self._requirements["uncertain"], map(requirement_text, row["uncertain"]))
        cards = self._accepted_cards if is_accepted else self._not_accepted_cards
        if len(cards) < MAX_CARDS:
            cards.append(build_card(row, self.links, self._prompt_bytes))

    @property
    def cards(self) -> list[Card]:
        """The cards in the order of their lines. If not all fit, the accepted ones are left out first."""
        shown = self._not_accepted_cards + self._accepted_cards[: MAX_CARDS - len(self._not_accepted_cards)]
        return sorted(shown, key=lambda card: (card.line or 0, card.item_id))

    @property
    def endings(self) -> list[Ending]:
        """The statuses of the items, the most frequent first, accepted before all."""
        ordered = sorted(self._statuses.items(), key=lambda one: (one[0] != ACCEPTED.name, -one[1], one[0]))
        return [
            Ending(status, items, self._faults.most_common(5) if status.batch_count == "errors" else [])
            for name, items in ordered
            for status in [status_of({"status": name})]
        ]

    @property
    def worst_requirements(self) -> list[tuple[str, int, int]]:
        """The requirements most often not met or uncertain: each with how often it was missed, and how often it was uncertain."""
        missed, uncertain = self._requirements["missed"], self._requirements["uncertain"]
        both = missed + uncertain
        return [(text, missed[text], uncertain[text]) for text, _ in both.most_common(_REQUIREMENTS_SHOWN)]

    @property
    def _prompt_bytes(self) -> int:
        return min(_MAX_PROMPT_BYTES, max(_MIN_PROMPT_BYTES, _ALL_PROMPTS_BYTES // max(1, self.lines)))

    def _add_rejected(self, row: dict[str, Any]) -> None:
        self.rejected_lines += 1
        if len(self.rejected) < MAX_REJECTED:
            text = row["prompt"] or ""
            shown = cut_bytes(text, _REJECTED_TEXT_BYTES)
            self.rejected.append(
                RejectedLine(
                    line=row["line"],
                    item_id=row["item_id"] or "",
                    text=shown if len(shown) == len(text) else f"{shown}…",
                    reason=clip(str(row["reason"]), _REJECTED_REASON_CHARS),
                )
            )


def _count(counter: Counter[str], texts: Iterable[str]) -> None:
    counter.update(clip(text, _REQUIREMENT_CHARS) for text in texts)
    if len(counter) > 2 * _MAX_REQUIREMENTS:
        # Most of 100,000 items may have requirements of their own. A frequent one is among the most common so far.
        kept = counter.most_common(_MAX_REQUIREMENTS)
        counter.clear()
        counter.update(dict(kept))
