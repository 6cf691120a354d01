"""How far an unfinished run or batch has come, from the records in its folders."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.core.run.statuses import ACCEPTED, ERROR
from lambdas.core.runtime.errors import RecordError
from lambdas.core.runtime.records import LEDGER_FOLDER, REQUEST, RESULT, parse_record

if TYPE_CHECKING:
    from lambdas.core.money.ledger import Bill

_STEP = re.compile(r"r\d+/a\d+")


def describe_unfinished_run(folder: Path) -> dict[str, Any]:
    """Return the fields of result.json that are known before there is one.

    Raises:
        RecordError: request.json is not that of a run.
    """
    request = read_file(folder / REQUEST).get("request")
    if not isinstance(request, dict):
        raise RecordError(f"{folder / REQUEST} is not the request of a run")
    attempts = {path.parent for path in folder.glob("r*/a*/*") if not path.name.startswith(".")}
    bill = _read_bill([folder])
    return {
        "prompt": request.get("prompt"),
        "attempts": sum(bool(_STEP.fullmatch(path.relative_to(folder).as_posix())) for path in attempts),
        "cost": {"total_usd": bill.total_usd if bill else None},
        "engine": bill.engine if bill else None,
    }


def describe_unfinished_batch(current: Iterable[Path], replaced: Iterable[Path]) -> dict[str, Any]:
    """Return the fields of summary.json that are known before there is one.

    current: the folders of the items; replaced: those of lines that were changed or run again, which count in the cost.
    """
    results, unended = [], list(replaced)
    for folder in current:
        result = _read_result(folder)
        if result is None:
            unended.append(folder)
        else:
            results.append(result)
    accepted = sum(result["status"] == ACCEPTED.name for result in results)
    errors = sum(result["status"] == ERROR.name for result in results)
    bill = _read_bill(unended)
    costs_usd = [result["cost"]["total_usd"] for result in results]
    engines = {result.get("engine") for result in results} | ({bill.engine} if bill else set())
    return {
        "accepted": accepted,
        "errors": errors,
        "not_accepted": len(results) - accepted - errors,
        "attempts": sum(result.get("attempts") or 0 for result in results),
        "cost": {"total_usd": bill.total_usd + sum(costs_usd) if bill else None},
        "engine": "stand-in" if "stand-in" in engines else "bedrock" if "bedrock" in engines else None,
    }


def read_file(path: Path) -> dict[str, Any]:
    """Return the object in the JSON file.

    Raises:
        RecordError: it cannot be read. The message names it.
    """
    try:
        return parse_record(str(path), path.read_bytes())
    except OSError as error:
        raise RecordError(f"{path}: cannot be read ({error.strerror or error})") from None


def _read_result(folder: Path) -> dict[str, Any] | None:
    """Return result.json, or None if there is none that can be read."""
    try:
        result = read_file(folder / RESULT)
        is_result = isinstance(result["status"], str) and isinstance(result["cost"]["total_usd"], (int, float))
    except (RecordError, LookupError, TypeError):
        return None
    return result if is_result else None


def _read_bill(folders: Iterable[Path]) -> "Bill | None":
    """Return the bill of these runs, from their ledgers; None if one of them cannot be read."""
    # Imported here because it imports boto3, and most runs have a result.
    from lambdas.core.money.ledger import Bill

    paths = (path for folder in folders for path in sorted((folder / LEDGER_FOLDER).glob("[!.]*.json")))
    try:
        return Bill.from_ledgers([read_file(path) for path in paths])
    except (RecordError, LookupError, TypeError):
        return None
