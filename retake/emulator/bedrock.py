"""Bedrock for the functions that run here: the stand-in, or Bedrock in AWS."""

from collections.abc import Iterator
from contextlib import contextmanager

from standin import Fault, Options, StandIn


@contextmanager
def bedrock_at(faults: tuple[Fault, ...] | None) -> Iterator[str | None]:
    """Bedrock's address for the length of the block: a stand-in's, or None for Bedrock in AWS."""
    if faults is None:
        yield None
        return
    with StandIn(Options(faults=faults)) as stand_in:
        yield stand_in.url
