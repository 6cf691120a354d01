"""Requests, requirements and ledgers for unit tests, made the way the handlers make them."""

import json
import re
from typing import Any

from hypothesis import settings

from lambdas.core.money.ledger import Ledger
from lambdas.core.request.request import Request, parse_request
from lambdas.core.request.requirement import Requirement
from lambdas.core.runtime.settings import Settings
from tests.support.sample_runs import MemoryFolder

# The machine may be busy, so time is no criterion; and few examples, because there are many tests.
QUICKLY = settings(deadline=None, max_examples=50)
ANY_MODEL = Settings(bucket="pictures", extra_model_ids=("*",))
TITAN = "amazon.titan-image-generator-v2:0"
CORE = "stability.stable-image-core-v1:1"


def request(**given: Any) -> Request:
    """A request of this event."""
    return parse_request({"prompt": "a lighthouse at night", **given}, ANY_MODEL, "run-1")


def requirements(musts: int, nice: int = 0) -> tuple[Requirement, ...]:
    """Requirements r1, r2…, the must-haves first."""
    return tuple(
        Requirement(f"r{place + 1}", f"thing {place + 1}", must=place < musts) for place in range(musts + nice)
    )


def folder() -> MemoryFolder:
    """An empty folder of a run."""
    return MemoryFolder("pictures", "generated-images", "run-1")


def ledger(ceiling_usd: float = 5.0, spent_usd: float = 0.0) -> Ledger:
    """The empty ledger of one step."""
    return Ledger.open(folder(), "step", spent_usd, ceiling_usd)


def written(book: Ledger) -> list[dict[str, Any]]:
    """The calls as they stand in the ledger's record."""
    record = book.folder.read_json(f"ledger/{book.step}.json") or {"calls": []}
    calls: list[dict[str, Any]] = record["calls"]
    return calls


def in_fence(text: str) -> dict[str, Any]:
    """The data that a question holds, and proof that it holds nothing else."""
    fence = re.fullmatch(r"<data>\n([^<>]*)\n</data>", text)
    assert fence, text
    data: dict[str, Any] = json.loads(fence[1])
    return data
