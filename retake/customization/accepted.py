"""The accepted pictures of past runs and batches, each with its final prompt as the caption."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lambdas.core.request.batch_item import make_run_id
from lambdas.core.run.statuses import ACCEPTED, status_of
from lambdas.core.runtime.batch_paths import RESULTS_JSONL
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.records import RESULT
from retake.customization.candidate import Candidate, Found, Refused
from retake.view.batch_rows import parse_rows
from retake.view.errors import BadInputError

if TYPE_CHECKING:
    from retake.view.archive import Archive


def find_accepted(archive: "Archive", names: Iterable[str], captions: Mapping[str, str]) -> Found:
    """Return the accepted picture of each run, and of each item of a batch. Anything else is refused with its reason.

    captions: what a person wrote, by run id; it replaces the final prompt.

    Raises:
        BadInputError: there is no such run or batch.
    """
    found: dict[str, Candidate | Refused] = {}
    for name in names:
        for one in _of_entry(archive, name):
            found[one.name] = one
    for name in captions:
        if name not in found:
            found[name] = Refused(name, "has a caption, but is not one of the runs")
    return [_with_caption(one, captions) for one in found.values()]


def _with_caption(found: Candidate | Refused, captions: Mapping[str, str]) -> Candidate | Refused:
    if isinstance(found, Refused) or found.name not in captions:
        return found
    return Candidate(found.name, found.read, captions[found.name], found.is_painted)


def _of_entry(archive: "Archive", name: str) -> Iterator[Candidate | Refused]:
    entry = archive.find(name)
    if entry.kind == "run":
        yield _of_run(entry.name, entry.folder)
        return
    lines = (entry.folder.read(RESULTS_JSONL) or b"").splitlines()
    rows = list(parse_rows(entry.folder.s3_uri(RESULTS_JSONL), lines))
    if not rows:
        raise BadInputError(f"the batch {entry.name!r} has no results yet; a batch has them when it has ended")
    for row in rows:
        item = row.get("item_id")
        if not item:
            yield Refused(f"{entry.name}, line {row.get('line')}", "was rejected, so it has no picture")
        elif row.get("status") != ACCEPTED.name:
            yield Refused(make_run_id(entry.name, str(item)), f"ended {row.get('status')}, not {ACCEPTED.name}")
        else:
            run = archive.find(make_run_id(entry.name, str(item)))
            yield _of_run(run.name, run.folder)


def _of_run(name: str, folder: Any) -> Candidate | Refused:
    try:
        result = folder.read_json(RESULT)
        if result is None:
            return Refused(name, "has no result yet")
        if status_of(result) is not ACCEPTED:
            return Refused(name, f"ended {result['status']}, not {ACCEPTED.name}")
        picture = str(result["image"]["key"]).rpartition(f"{result['run_id']}/")[2]
        caption = str(result["final_prompt"])
    except (RecordError, LookupError, TypeError, ValueError) as error:
        return Refused(name, f"its result cannot be read ({error})")
    return Candidate(name, partial(_read, folder, picture), caption, result.get("engine") == "stand-in")


def _read(folder: Any, picture: str) -> bytes:
    body = folder.read(picture)
    if body is None:
        raise FileNotFoundError(f"{folder.s3_uri(picture)} does not exist")
    return bytes(body)
