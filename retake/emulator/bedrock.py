"""The Bedrock that the local functions call: the stand-in, or the service in AWS."""

from collections.abc import Iterator
from contextlib import contextmanager

from standin import Fault, Options, StandIn


@contextmanager
def bedrock_endpoint(faults: tuple[Fault, ...] | None) -> Iterator[str | None]:
    """Start the stand-in with these faults and yield its URL. For Bedrock in AWS (`faults` is None), yield None."""
    if faults is None:
        yield None
        return
    with StandIn(Options(faults=faults)) as stand_in:
        yield stand_in.url
