"""Requests, requirements, run folders and ledgers, made the way the handlers make them."""

from typing import Any

from hypothesis import settings

from lambdas.core.money.ledger import Ledger
from lambdas.core.request.request import Request, parse_request
from lambdas.core.request.requirement import Requirement
from lambdas.core.runtime.settings import Settings
from tests.support.fakes.memory_folder import MemoryFolder

# The machine may be busy, so there is no deadline. There are many tests, so each tries few examples.
QUICKLY = settings(deadline=None, max_examples=50)
ANY_MODEL = Settings(bucket="pictures", extra_model_ids=("*",))
TITAN = "amazon.titan-image-generator-v2:0"
CORE = "stability.stable-image-core-v1:1"


def request(**fields: Any) -> Request:
    """Return a valid request; `fields` are those of its event."""
    return parse_request({"prompt": "a lighthouse at night", **fields}, ANY_MODEL, "run-1", is_item="batch" in fields)


def requirements(musts: int, nice: int = 0) -> tuple[Requirement, ...]:
    """Return requirements r1, r2…, the must-haves first."""
    return tuple(
        Requirement(f"r{place + 1}", f"thing {place + 1}", must=place < musts) for place in range(musts + nice)
    )


def folder() -> MemoryFolder:
    """Return the empty folder of a run."""
    return MemoryFolder("pictures", "generated-images", "run-1")


def ledger(ceiling_usd: float = 5.0, spent_usd: float = 0.0) -> Ledger:
    """Return the empty ledger of one step."""
    return Ledger.open(folder(), "step", spent_usd, ceiling_usd)


def recorded_calls(book: Ledger) -> list[dict[str, Any]]:
    """Return the calls in the ledger's record, as it is stored now."""
    record = book.folder.read_json(f"ledger/{book.step}.json") or {"calls": []}
    calls: list[dict[str, Any]] = record["calls"]
    return calls
