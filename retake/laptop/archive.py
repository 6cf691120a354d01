"""Past runs and batches in the out folder: list them, and find one by its name."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.core.request.batch_item import parse_item_id
from lambdas.core.runtime.batch_paths import BATCH_FOLDER, DROP_FOLDER, PLAN, RESULTS_JSONL, SUMMARY
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.records import REPORT, REQUEST, RESULT
from retake.emulator.lock import batch_lock, is_locked, run_lock
from retake.laptop.unfinished import describe_unfinished_batch, describe_unfinished_run, read_file
from retake.view.archive import Kind, Sheet
from retake.view.batch_rows import parse_rows
from retake.view.errors import BadInputError
from retake.view.listing import RUNNING, UNFINISHED, Listing, Row, batch_row, run_row, unreadable_row
from retake.view.names import LAST, choose_name

if TYPE_CHECKING:
    from retake.laptop.records import LocalFolder

# The folders in which changed lines and reruns of a batch have the folders of their runs.
_ITEM_FOLDER = re.compile(r"(changed|rerun)-[A-Za-z0-9]+")


@dataclass(frozen=True)
class Entry:
    """The folder of a run or a batch, not read yet."""

    kind: Kind
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

    def describe_unfinished(self, plan: dict[str, Any]) -> dict[str, Any]:
        """Return the plan of an unfinished batch with the fields of summary.json that are known before there is one."""
        out, generation = OutFolder(self.path.parent.parent), plan["batch"]["generation"]
        found, current = out.items(self.name)
        # Each rerun of the whole batch has a folder of its own.
        current = [one for one in current if generation == 1 or f"rerun-{generation}" in one.path.parts]
        paths = {one.path for one in current}
        so_far = describe_unfinished_batch(paths, (one.path for one in found if one.path not in paths))
        return {**plan, **so_far, "status": RUNNING if self.is_running else UNFINISHED}

    def sheet(self, download: Path | None) -> Sheet:
        """Return its sheet. Its pictures are on this machine already, so nothing can be downloaded."""
        if download is not None:
            raise BadInputError("--download: needs --stack NAME; without it, the pictures are on this machine already")
        path = self.path / REPORT
        if not path.is_file():
            raise BadInputError(
                f"{path} does not exist: it is written when a {self.kind} ends; `retake show {self.name}` shows what there is"
            )
        return Sheet(path)


class OutFolder:
    """The runs and batches in an out folder. A folder that does not exist has none.

    Raises:
        BadInputError: it is a file.
    """

    def __init__(self, root: Path) -> None:
        if root.exists() and not root.is_dir():
            raise BadInputError(f"--out {root}: is not a folder; give the folder of the runs")
        self.root = root

    @property
    def place(self) -> str:
        """The folder's name in messages."""
        return str(self.root)

    def rows(self, limit: int, batch_id: str | None = None) -> Listing:
        """Return the newest rows. Only their records are read.

        batch_id: list the items of this batch. Otherwise, the items of batches are left out, and each batch is a row.
        """
        found = list(self._listed(batch_id))
        entries = sorted(self._current(found), key=lambda entry: entry.changed_s, reverse=True)
        notes = []
        if (hidden := len(entries) - limit) > 0:
            notes.append(f"{hidden:,} older not shown; --limit {len(entries)} shows all")
        if replaced := len(found) - len(entries):
            notes.append(
                f"{replaced:,} replaced by a changed line or a rerun not shown; the pictures stay in {self.root}"
            )
        return Listing([_row(entry) for entry in entries[:limit]], "; ".join(notes) or None)

    def items(self, batch_id: str) -> tuple[list[Entry], list[Entry]]:
        """Return the runs of the batch's items: all of them, and without those that a changed line or a rerun replaced."""
        found = [entry for entry in self._entries() if entry.kind == "run" and entry.name.startswith(f"{batch_id}--")]
        return found, self._current(found)

    def names(self) -> list[str]:
        """Return the names of all runs and batches."""
        return sorted(entry.name for entry in self._entries())

    def find(self, name: str) -> Entry:
        """Return the run or batch with this name, this unique beginning of a name, or the newest for `last`.

        Raises:
            BadInputError: there is none, or the beginning fits several.
        """
        found = self._current(list(self._entries()))
        entries = {entry.name: entry for entry in sorted(found, key=lambda entry: entry.changed_s)}
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
            runs = {entry.name for entry in entries if entry.kind == "run"}
            batch_id = choose_name(batch_id, sorted(batches), str(self.root), "batch", runs)
        for entry in entries:
            owner = entry.name.partition("--")[0] if entry.kind == "run" and "--" in entry.name else None
            if owner == batch_id if batch_id else owner not in batches:
                yield entry

    def _current(self, found: Iterable[Entry]) -> list[Entry]:
        """Return one entry of each name. A changed or rerun line of a batch keeps its run id, in another folder."""
        by_name: dict[tuple[str, str], list[Entry]] = {}
        for entry in found:
            by_name.setdefault((entry.kind, entry.name), []).append(entry)
        replaced = {name.partition("--")[0] for (_, name), entries in by_name.items() if len(entries) > 1}
        reports = {batch_id: self._reports(batch_id) for batch_id in replaced}
        return [
            entries[0] if len(entries) == 1 else _choose(entries, *reports[name.partition("--")[0]])
            for (_, name), entries in by_name.items()
        ]

    def _reports(self, batch_id: str) -> tuple[float, dict[str, str]]:
        """Return when the batch's results were written, and the address of each item's report in them."""
        path = self.root / BATCH_FOLDER / batch_id / RESULTS_JSONL
        try:
            rows = list(parse_rows(str(path), path.read_bytes().splitlines()))
            return path.stat().st_mtime, {row["item_id"]: row["report"] for row in rows if row.get("report")}
        except (OSError, RecordError, LookupError):
            return 0.0, {}

    def _entries(self) -> Iterator[Entry]:
        for found in _folders(self.root):
            if found.name == BATCH_FOLDER:
                for batch in _folders(Path(found.path)):
                    if entry := _entry("batch", batch, SUMMARY, PLAN):
                        yield entry
            if found.name != DROP_FOLDER:
                yield from _runs([found])


def _choose(entries: Iterable[Entry], results_s: float, reports: dict[str, str]) -> Entry:
    """Return the newest of the entries of one name, or the one in the batch's results, if these are newer."""
    newest = max(entries, key=lambda entry: entry.changed_s)
    report = reports.get(parse_item_id(newest.name), "")
    if results_s < newest.changed_s or not report:
        return newest
    # `generated-images` is not a part of local paths.
    inside = [part for part in report.split("/")[-4:-2] if _ITEM_FOLDER.fullmatch(part)]
    return next((entry for entry in entries if _item_folders(entry.path) == inside), newest)


def _item_folders(path: Path) -> list[str]:
    return [part for part in path.parts[-3:-1] if _ITEM_FOLDER.fullmatch(part)]


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


def _entry(kind: Kind, found: "os.DirEntry[str]", end: str, beginning: str) -> Entry | None:
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
        so_far = {**describe_unfinished_run(entry.path), "status": RUNNING if entry.is_running else UNFINISHED}
        return run_row(entry.name, entry.when, str(entry.path), so_far)
    row = run_row(entry.name, entry.when, str(entry.path), read_file(entry.record))
    # An item has its result before its batch ends.
    is_resumed = "--" not in entry.name and entry.is_running
    return replace(row, status=RUNNING) if is_resumed else row


def _batch_row(entry: Entry) -> Row:
    summary, plan_path = read_file(entry.record) if entry.record else None, entry.path / PLAN
    # An ended batch can be listed without its plan.
    plan = read_file(plan_path) if summary is None or plan_path.exists() else {}
    generation = plan["batch"].get("generation") if isinstance(plan.get("batch"), dict) else None
    is_running = entry.is_running
    # `rerun: all` starts a new generation. Until it ends, the summary is that of the one before.
    is_ended = summary is not None and (generation is None or summary.get("generation", generation) == generation)
    if is_ended and not is_running:
        return batch_row(entry.name, entry.when, str(entry.path), summary)
    if generation is None:
        raise RecordError(f"{plan_path} is not the plan of a batch")
    return batch_row(entry.name, entry.when, str(entry.path), entry.describe_unfinished(plan))
