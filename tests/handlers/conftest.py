from collections.abc import Callable, Iterator

import pytest

from tests.support.harnesses.handler_bench import Bench, benches


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Bench]]:
    """Return a function that makes a bench with these faults and fields of the request."""
    with benches(monkeypatch) as make:
        yield make
