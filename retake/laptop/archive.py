"""Past runs and batches in the out folder: list them, and find one by its name."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lambdas.core.runtime.batch_paths import BATCH_FOLDER, DROP_FOLDER, PLAN, SUMMARY
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.records import LEDGER_FOLDER, REQUEST, RESULT, parse_record
from retake.emulator.lock import batch_lock, is_locked, run_lock
from retake.view.errors import BadInputError
from retake.view.listing import RUNNING, UNFINISHED, Listing, Row, batch_row, run_row, unreadable_row
from retake.view.names import LAST, choose_name

if TYPE_CHECKING:
    from retake.laptop.records import LocalFolder

_STEP = re.compile(r"r\d+/a\d+")
# The folders in which changed lines and reruns of a batch have the folders of their runs.
_ITEM_FOLDER = re.compile(r"(changed|rerun)-[A-Za-z0-9]+")


@dataclass(frozen=True)
class Entry:
    """The folder of a run or a batch, not read yet."""

    kind: Literal["run", "batch"]
    name: str
    path: Path
    changed_s: float
    """When its result, else its first record, was written, in seconds since 1970."""
    record: Path | None
    """result.json or summary.json; None if there is none."""

    @property
    def when(self) -> datetime:
        """`changed_s` in UTC."""
        return datetime.fromtimestamp(self.changed_s, UTC)

    @property
    def is_running(self) -> bool:
        """Whether a process works on it."""
        if self.kind == "batch":
            return is_locked(self.path.parent.parent, batch_lock(self.name))
        out = self.path.parent.parent if _ITEM_FOLDER.fullmatch(self.path.parent.name) else self.path.parent
        batch_id, is_item, _ = self.name.partition("--")
        return is_locked(out, run_lock(self.name)) or (bool(is_item) and is_locked(out, batch_lock(batch_id)))

    @property
    def folder(self) -> "LocalFolder":
        """Its records."""
        # Imported here because it imports boto3, which listing does not need.
        from retake.laptop.records import LocalFolder

        return LocalFolder.at(self.path)


class OutFolder:
    """The runs and batches in an out folder. A folder that does not exist has none."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def place(self) -> str:
        """The folder's name in messages."""
        return str(self.root)

    def rows(self, limit: int, batch_id: str | None = None) -> Listing:
        """Return the newest rows. Only their records are read.

        batch_id: list the items of this batch. Otherwise, the items of batches are left out, and each batch is a row.
        """
        entries = sorted(self._listed(batch_id), key=lambda entry: entry.changed_s, reverse=True)
        hidden = len(entries) - limit
        older = f"{hidden:,} older not shown; --limit {len(entries)} shows all" if hidden > 0 else None
        return Listing([_row(entry) for entry in entries[:limit]], older)

    def names(self) -> list[str]:
        """Return the names of all runs and batches."""
        return sorted(entry.name for entry in self._entries())

    def find(self, name: str) -> Entry:
        """Return the run or batch with this name, this unique beginning of a name, or the newest for `last`.

        Raises:
            BadInputError: there is none, or the beginning fits several.
        """
        entries = {entry.name: entry for entry in sorted(self._entries(), key=lambda entry: entry.changed_s)}
        if name == LAST and LAST not in entries:
            newest = list(self._listed(None))
            if not newest:
                raise BadInputError(
                    f"{self.root} holds no run and no batch; `retake run` makes one, or give another --out"
                )
            return max(newest, key=lambda entry: entry.changed_s)
        return entries[choose_name(name, list(entries), str(self.root))]

    def _listed(self, batch_id: str | None) -> Iterator[Entry]:
        entries = list(self._entries())
        batches = {entry.name for entry in entries if entry.kind == "batch"}
        if batch_id is not None:
            batch_id = choose_name(batch_id, sorted(batches), f"{self.root}, as a batch,")
        for entry in entries:
            owner = entry.name.partition("--")[0] if entry.kind == "run" and "--" in entry.name else None
            if owner == batch_id if batch_id else owner not in batches:
                yield entry

    def _entries(self) -> Iterator[Entry]:
        for found in _folders(self.root):
            if found.name == BATCH_FOLDER:
                for batch in _folders(Path(found.path)):
                    if entry := _entry("batch", batch, SUMMARY, PLAN):
                        yield entry
            if found.name != DROP_FOLDER:
                yield from _runs([found])


def _runs(folders: Iterable["os.DirEntry[str]"]) -> Iterator[Entry]:
    for found in folders:
        if entry := _entry("run", found, RESULT, REQUEST):
            yield entry
        elif _ITEM_FOLDER.fullmatch(found.name):
            yield from _runs(_folders(Path(found.path)))


def _folders(path: Path) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(path) as found:
            yield from (entry for entry in found if not entry.name.startswith(".") and _is_folder(entry))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read ({error.strerror or error})") from None


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _entry(kind: Literal["run", "batch"], found: "os.DirEntry[str]", end: str, beginning: str) -> Entry | None:
    """Return the entry of a folder with one of these records, or None. `os.stat` is faster than reading."""
    for name in (end, beginning):
        path = f"{found.path}/{name}"
        try:
            changed_s = os.stat(path).st_mtime  # noqa: PTH116 - a Path for each of thousands takes longer than the stat
        except OSError:
            continue
        return Entry(kind, found.name, Path(found.path), changed_s, Path(path) if name == end else None)
    return None


def _row(entry: Entry) -> Row:
    try:
        return _batch_row(entry) if entry.kind == "batch" else _run_row(entry)
    except RecordError as error:
        return unreadable_row(entry.kind, entry.name, entry.when, str(entry.path), str(error))


def _run_row(entry: Entry) -> Row:
    if entry.record is None:
        return _unfinished_run(entry)
    row = run_row(entry.name, entry.when, str(entry.path), _read(entry.record))
    # An item has its result before its batch ends.
    is_resumed = "--" not in entry.name and entry.is_running
    return replace(row, status=RUNNING) if is_resumed else row


def _batch_row(entry: Entry) -> Row:
    summary, plan_path = _read(entry.record) if entry.record else None, entry.path / PLAN
    # An ended batch can be listed without its plan.
    plan = _read(plan_path) if summary is None or plan_path.exists() else {}
    generation = plan["batch"].get("generation") if isinstance(plan.get("batch"), dict) else None
    is_running = entry.is_running
    # `rerun: all` starts a new generation. Until it ends, the summary is that of the one before.
    is_ended = summary is not None and (generation is None or summary.get("generation", generation) == generation)
    if is_ended and not is_running:
        return batch_row(entry.name, entry.when, str(entry.path), summary)
    if generation is None:
        raise RecordError(f"{plan_path} is not the plan of a batch")
    return batch_row(entry.name, entry.when, str(entry.path), {**plan, "status": RUNNING if is_running else UNFINISHED})


def _unfinished_run(entry: Entry) -> Row:
    """Return the row of a run without a result, from its request, its attempts and its ledgers."""
    request = _read(entry.path / REQUEST).get("request")
    if not isinstance(request, dict):
        raise RecordError(f"{entry.path / REQUEST} is not the request of a run")
    attempts = {path.parent for path in entry.path.glob("r*/a*/*") if not path.name.startswith(".")}
    result = {
        "status": RUNNING if entry.is_running else UNFINISHED,
        "prompt": request.get("prompt"),
        "attempts": sum(bool(_STEP.fullmatch(path.relative_to(entry.path).as_posix())) for path in attempts),
        "cost": {"total_usd": _paid_usd(entry.path)},
    }
    return run_row(entry.name, entry.when, str(entry.path), result)


def _paid_usd(folder: Path) -> float | None:
    # Imported here because it imports boto3, and most runs have a result.
    from lambdas.core.money.ledger import Bill

    try:
        return Bill.from_ledgers(
            [_read(path) for path in sorted((folder / LEDGER_FOLDER).glob("[!.]*.json"))]
        ).total_usd
    except (RecordError, KeyError, TypeError):
        return None


def _read(path: Path) -> dict[str, Any]:
    try:
        return parse_record(str(path), path.read_bytes())
    except OSError as error:
        raise RecordError(f"{path}: cannot be read ({error.strerror or error})") from None
