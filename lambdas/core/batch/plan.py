"""Plan a batch: check every line, write the valid ones as items and the others as rejected lines.

A first pass checks the lines and writes the valid ones to a temporary file. A second pass, over that file, rejects an id
with two different contents. Only ids, hashes and line numbers are held in memory.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, Any

from lambdas.core.admission.admit import Admitted, admit_request
from lambdas.core.batch.manifest import MAX_LINE_BYTES, Line, to_json
from lambdas.core.batch.price import PriceList
from lambdas.core.batch.settings import BatchSettings
from lambdas.core.request.batch_item import ITEM_ID, make_run_id
from lambdas.core.request.request import Request
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value
from lambdas.core.runtime.settings import Settings

_IN_MEMORY_BYTES = 4 * 1024 * 1024
_ID_CHARS = 16
_DIGEST_BYTES = 12
# The rest of the address must also fit into a row of 1 KiB.
_PREFIX_MAX_BYTES = 400


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
    image_model_ids: set[str] = field(default_factory=set)

    def add(self, cost: dict[str, Any]) -> None:
        """Count one item."""
        self.items += 1
        self.worst_case_usd += cost["worst_case_usd"]
        self.expected_usd += cost["expected_usd"]
        self.one_attempt_each_usd += cost["one_attempt_usd"]
        self.image_model_ids.add(cost["image_model_id"])

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

    with Plan("posters-0a1b2c3d", settings, batch_settings, generation=1, execution="posters-1") as plan:
        plan.add_lines(read_manifest(file, ".jsonl"))
    """

    def __init__(
        self, batch_id: str, settings: Settings, batch_settings: BatchSettings, generation: int, execution: str
    ) -> None:
        self._batch_id = batch_id
        self._settings = settings
        self._batch_settings = batch_settings
        self._generation = generation
        self._execution = execution
        self._lines_of: dict[str, tuple[bytes, int]] = {}
        self._clashing: dict[str, list[int]] = {}
        self._prices = PriceList()
        self.counts = Counts()
        self.first_rejection = ""
        """The line and the reason of the first rejected line, for the message of a batch of which nothing can run."""

    def __enter__(self) -> "Plan":
        with ExitStack() as files:
            self._good: IO[bytes] = files.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))
            self.items: IO[bytes] = files.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))
            self.rejected: IO[bytes] = files.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))
            self._files = files.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add_lines(self, lines: Iterable[Line]) -> None:
        """Fill `items` (a JSON array of events), `rejected` (JSON lines) and `counts`.

        Raises:
            InvalidRequestError: the rest of the manifest cannot be read.
        """
        for line in lines:
            self.counts.lines += 1
            if line.fields is None:
                self._reject(line.number, line.fault or "is empty")
                continue
            try:
                self._keep(line.number, line.fields)
            except InvalidRequestError as fault:
                self._reject(line.number, str(fault))
        self.items.write(b"[")
        for kept in self._without_clashes():
            self.items.write((b",\n" if self.counts.items else b"\n") + to_json(kept["event"]).encode())
            self.counts.add(kept["cost"])
        self.items.write(b"\n]\n")

    def _keep(self, number: int, fields: dict[str, Any]) -> None:
        event = self._batch_settings.merge_line(fields)
        item_id = _item_id(fields)
        admitted = admit_request(self._event(item_id, event), self._settings, "", is_item=True)
        digest = hashlib.sha256(_canonical(event)).digest()[:_DIGEST_BYTES]
        earlier_digest, earlier_line = self._lines_of.setdefault(item_id, (digest, number))
        if earlier_line == number:
            kept = to_json(
                {"line": number, "event": self._event(item_id, event), "cost": self._cost(admitted)}
            ).encode()
            if len(kept) > MAX_LINE_BYTES:
                raise InvalidRequestError(f"line: with its defaults it is longer than {MAX_LINE_BYTES:,} bytes")
            self._good.write(kept + b"\n")
        elif earlier_digest == digest:
            self.counts.skipped += 1
        else:
            self._clashing.setdefault(item_id, [earlier_line]).append(number)

    def _event(self, item_id: str, event: dict[str, Any]) -> dict[str, Any]:
        prefix = event.get("output_s3_key_prefix", Request.output_s3_key_prefix)
        if isinstance(prefix, str) and len(prefix.encode("utf-8", "replace")) > _PREFIX_MAX_BYTES:
            raise InvalidRequestError(f"output_s3_key_prefix: give at most {_PREFIX_MAX_BYTES} bytes in a batch")
        if self._generation > 1:
            event = {**event, "output_s3_key_prefix": f"{str(prefix).removesuffix('/')}/rerun-{self._generation}"}
        batch = {
            "id": self._batch_id,
            "max_cost_usd": self._batch_settings.max_cost_usd,
            "generation": self._generation,
            "execution": self._execution,
        }
        return {**event, "run_id": make_run_id(self._batch_id, item_id), "batch": batch}

    def _cost(self, admitted: Admitted) -> dict[str, Any]:
        return {**self._prices.price(admitted), "image_model_id": admitted.request.image_model_id}

    def _without_clashes(self) -> Iterator[dict[str, Any]]:
        clashing_lines = {lines[0] for lines in self._clashing.values()}
        for item_id, lines in self._clashing.items():
            named = ", ".join(map(str, lines[:10]))
            for number in lines:
                self._reject(number, f"id: {item_id!r} stands for different requests in the lines {named}; rename one")
        self._good.seek(0)
        for kept in self._good:
            found: dict[str, Any] = json.loads(kept)
            if found["line"] not in clashing_lines:
                yield found

    def _reject(self, number: int, reason: str) -> None:
        self.counts.rejected += 1
        self.first_rejection = self.first_rejection or f"line {number}: {reason}"
        self.rejected.write(to_json({"line": number, "reason": reason}).encode("utf-8", "replace") + b"\n")


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
