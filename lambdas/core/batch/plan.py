"""Plan a batch: check every line, write the valid ones as items and the others as rejected lines.

A first pass checks the lines and writes each to a temporary file, as an item or with its fault. A second pass, over that
file, also rejects an id with two different contents. So `items` and `rejected` are in the manifest's order. Only ids, hashes
and line numbers are held in memory.
"""

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any

from lambdas.core.admission.admit import Admitted, admit_request
from lambdas.core.batch.manifest.manifest import MAX_LINE_BYTES, MAX_TEXT_CHARS, Line, to_json
from lambdas.core.batch.price import PriceList
from lambdas.core.batch.settings import ITEM_FIELDS, BatchSettings
from lambdas.core.request.batch_item import ITEM_ID, make_run_id
from lambdas.core.request.faults import Faults
from lambdas.core.request.fields import collect_unknown
from lambdas.core.request.picture_address import resolve_pictures
from lambdas.core.request.request import Request
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.settings import Settings

_IN_MEMORY_BYTES = 4 * 1024 * 1024
_ID_CHARS = 16
_DIGEST_BYTES = 12
# A rejected id may have any length.
_MAX_ID_CHARS = 80
_FIRST_REJECTIONS = 3
_MAX_NAMED = 5
# The rest of the address must also fit into a row of 1 KiB.
_PREFIX_MAX_BYTES = 400
# Stands in for an id that is refused, so that the line's other fields are checked too.
_FAULTY_ID = "faulty-id"


@dataclass
class Counts:
    """The counts and costs of a plan."""

    lines: int = 0
    items: int = 0
    rejected: int = 0
    skipped: int = 0
    worst_case_usd: float = 0.0
    expected_usd: float = 0.0
    one_attempt_each_usd: float = 0.0
    accepted_before: int = 0
    """How many of the items an earlier execution got accepted; their costs and calls are not counted."""
    expected_calls: Counter[str] = field(default_factory=Counter)
    """The calls to each image model."""
    worst_case_calls: Counter[str] = field(default_factory=Counter)

    def add(self, cost: dict[str, Any], *, is_accepted: bool = False) -> None:
        """Count one item."""
        self.items += 1
        if is_accepted:
            self.accepted_before += 1
            return
        self.worst_case_usd += cost["worst_case_usd"]
        self.expected_usd += cost["expected_usd"]
        self.one_attempt_each_usd += cost["one_attempt_usd"]
        self.expected_calls[cost["image_model_id"]] += cost["expected_calls"]
        self.worst_case_calls[cost["image_model_id"]] += cost["worst_case_calls"]

    @property
    def image_model_ids(self) -> set[str]:
        """The image models of the items."""
        return set(self.worst_case_calls)

    def to_record(self) -> dict[str, Any]:
        """Return the object for plan.json."""
        amounts = ("worst_case_usd", "expected_usd", "one_attempt_each_usd")
        return {
            **{name: getattr(self, name) for name in ("lines", "items", "rejected", "skipped")},
            **{name: round(getattr(self, name), 4) for name in amounts},
            "image_model_ids": sorted(self.image_model_ids),
        }


class Plan:
    """The plan of one batch, in temporary files that are deleted at the end of the `with` block.

    is_accepted: whether an earlier execution got the item accepted; its cost is then not counted.

    with Plan("posters-0a1b2c3d", settings, batch_settings, generation=1, execution="posters-1") as plan:
        plan.add_lines(read_manifest(file, ".jsonl"))
    """

    def __init__(
        self,
        batch_id: str,
        settings: Settings,
        batch_settings: BatchSettings,
        generation: int,
        execution: str,
        is_accepted: Callable[[Request], bool] = lambda request: False,
        folder: str = "",
    ) -> None:
        self._is_accepted = is_accepted
        """`folder`: the `s3://` address of the manifest's folder, where relative paths of source pictures begin."""
        self._folder = folder
        self._batch_id = batch_id
        self._settings = settings
        self._batch_settings = batch_settings
        self._generation = generation
        self._execution = execution
        self._lines_of: dict[str, tuple[bytes, int]] = {}
        self._clashing: dict[str, list[int]] = {}
        self._prices = PriceList()
        self.counts = Counts()
        self.first_rejections: list[str] = []
        """The lines and reasons of the first rejected lines, for the message of a batch of which nothing can run."""

    def __enter__(self) -> "Plan":
        with ExitStack() as files:
            self._checked: IO[bytes] = files.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))
            self.items: IO[bytes] = files.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))
            self.rejected: IO[bytes] = files.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))
            self._files = files.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add_lines(self, lines: Iterable[Line]) -> None:
        """Fill `items` (a JSON array of events), `rejected` (JSON lines) and `counts`.

        Raises:
            InvalidRequestError: the rest of the manifest cannot be read, or a CSV file has no column of prompts.
        """
        for line in lines:
            _refuse_without_prompts(line, self._batch_settings.defaults)
            self.counts.lines += 1
            try:
                if line.fields is None:
                    raise InvalidRequestError(line.fault or "is empty")
                checked = self._check(line, line.fields)
            except InvalidRequestError as fault:
                checked = {"reason": fault.on_one_line}
            if checked:
                checked |= {"line": line.number, **_describe(line)}
                self._checked.write(to_json(checked).encode("utf-8", "replace") + b"\n")
        self.items.write(b"[")
        self._checked.seek(0)
        for text in self._checked:
            self._write(json.loads(text))
        self.items.write(b"\n]\n")

    def _check(self, line: Line, fields: dict[str, Any]) -> dict[str, Any] | None:
        """Return the item of the line; None if it is the duplicate of an earlier line.

        Raises:
            InvalidRequestError: the line is rejected.
        """
        faults = Faults()
        collect_unknown("", fields, ("id", *ITEM_FIELDS), faults)
        event = resolve_pictures(self._batch_settings.merge_line(fields), self._folder, faults)
        item_id = _FAULTY_ID
        with faults.collect():
            item_id = _item_id(fields)
        with faults.collect():
            _check_prefix(event)
        admitted = admit_request(self._event(item_id, event, line), self._settings, "", is_item=True, faults=faults)
        digest = hashlib.sha256(_canonical(event)).digest()[:_DIGEST_BYTES]
        earlier_digest, earlier_line = self._lines_of.setdefault(item_id, (digest, line.number))
        if earlier_line != line.number:
            if earlier_digest == digest:
                self.counts.skipped += 1
                return None
            self._clashing.setdefault(item_id, [earlier_line]).append(line.number)
        item: dict[str, Any] = {
            "item_id": item_id,
            "event": self._event(item_id, event, line),
            "cost": self._cost(admitted),
        }
        item["is_accepted"] = self._is_accepted(admitted.request)
        if len(to_json(item).encode()) > MAX_LINE_BYTES:
            raise InvalidRequestError(f"line: with its defaults it is longer than {MAX_LINE_BYTES:,} bytes")
        return item

    def _event(self, item_id: str, event: dict[str, Any], line: Line) -> dict[str, Any]:
        if self._generation > 1:
            prefix = event.get("output_s3_key_prefix", Request.output_s3_key_prefix)
            event = {**event, "output_s3_key_prefix": f"{str(prefix).removesuffix('/')}/rerun-{self._generation}"}
        batch = {
            "id": self._batch_id,
            "max_cost_usd": self._batch_settings.max_cost_usd,
            "generation": self._generation,
            "execution": self._execution,
            "line": line.number,
        }
        if line.extra:
            batch["extra"] = line.extra
        return {**event, "run_id": make_run_id(self._batch_id, item_id), "batch": batch}

    def _cost(self, admitted: Admitted) -> dict[str, Any]:
        return {**self._prices.price(admitted), "image_model_id": admitted.request.image_model_id}

    def _write(self, checked: dict[str, Any]) -> None:
        """Write a checked line to `items` or `rejected`."""
        if clashing := self._clashing.get(checked.get("item_id", "")):
            named = ", ".join(map(str, clashing[:10]))
            checked["reason"] = (
                f"id: {checked['item_id']!r} stands for different requests in the lines {named}; rename one"
            )
        if "reason" not in checked:
            self.items.write((b",\n" if self.counts.items else b"\n") + to_json(checked["event"]).encode())
            self.counts.add(checked["cost"], is_accepted=checked["is_accepted"])
            return
        self.counts.rejected += 1
        if len(self.first_rejections) < _FIRST_REJECTIONS:
            self.first_rejections.append(f"line {checked['line']}: {checked['reason']}")
        rejected = {name: checked[name] for name in ("line", "id", "reason", "text", "extra") if name in checked}
        self.rejected.write(to_json(rejected).encode() + b"\n")


def _refuse_without_prompts(line: Line, defaults: dict[str, Any]) -> None:
    if line.columns and "prompt" not in defaults:
        names = ", ".join(map(format_value, line.columns[:_MAX_NAMED]))
        more = ", …" if len(line.columns) > _MAX_NAMED else ""
        raise InvalidRequestError(
            f'manifest: the header has no column "prompt", but {names}{more}; name the column of the prompts "prompt"'
        )


def _describe(line: Line) -> dict[str, Any]:
    """Return what rejected.jsonl says of a line, should it be rejected: its own `id`, its text and its extra columns."""
    found: dict[str, Any] = {"extra": line.extra} if line.extra else {}
    if line.fields is None:
        return {**found, "text": line.text}
    prompt = line.fields.get("prompt")
    found["text"] = (prompt if isinstance(prompt, str) else to_json(line.fields))[:MAX_TEXT_CHARS]
    if isinstance(line.fields.get("id"), str):
        found["id"] = line.fields["id"][:_MAX_ID_CHARS]
    return found


def _check_prefix(event: dict[str, Any]) -> None:
    prefix = event.get("output_s3_key_prefix")
    if isinstance(prefix, str) and len(prefix.encode("utf-8", "replace")) > _PREFIX_MAX_BYTES:
        raise InvalidRequestError(f"output_s3_key_prefix: give at most {_PREFIX_MAX_BYTES} bytes in a batch")


def _item_id(fields: dict[str, Any]) -> str:
    given = fields.get("id")
    if given is None:
        line = {name: value for name, value in fields.items() if value is not None}
        return hashlib.sha256(_canonical(line)).hexdigest()[:_ID_CHARS]
    if not isinstance(given, str) or not ITEM_ID.fullmatch(given):
        raise InvalidRequestError(
            f"id: {format_value(given)} cannot be an item's id; give 1 to 40 of A-Z a-z 0-9 _ -, and no --"
        )
    return given


def _canonical(fields: dict[str, Any]) -> bytes:
    """Return the same bytes for the same content. The order of the fields does not count; 1 and 1.0 are equal in JSON."""
    whole = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value for name, value in fields.items()
    }
    return json.dumps(whole, sort_keys=True).encode()
