"""An execution's history is read page by page while it grows."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from retake.deployed.execution import Execution


class PagedHistory:
    """Step Functions with pages of two events. The last page grows. A token is an age and a page number."""

    def __init__(self) -> None:
        self.count = 0
        self.age = 0
        self.asked: list[str | None] = []

    def get_execution_history(self, **asked: Any) -> dict[str, Any]:
        token = asked.get("nextToken")
        self.asked.append(token)
        age, page = token.split("-") if token else (self.age, 0)
        if int(age) != self.age:
            said = {"Error": {"Code": "InvalidToken", "Message": "Invalid Token"}}
            raise ClientError(cast(Any, said), "GetExecutionHistory")
        first = int(page) * 2
        events = [{"id": number + 1} for number in range(first, min(first + 2, self.count))]
        more = {"nextToken": f"{self.age}-{int(page) + 1}"} if self.count > first + 2 else {}
        return {"events": events, **more}


@pytest.fixture
def pages() -> PagedHistory:
    return PagedHistory()


def polls(pages: PagedHistory, counts: list[int]) -> Iterator[list[int]]:
    execution = Execution(cast(Any, pages), "arn:aws:states:us-east-1:123456789012:execution:loop:x")
    for count in counts:
        pages.count = count
        yield [event["id"] for event in execution.new_events()]


def test_history_when_it_grows_then_only_its_last_page_is_read_again(pages: PagedHistory) -> None:
    assert list(polls(pages, [3, 3, 4, 7])) == [[1, 2, 3], [], [4], [5, 6, 7]]
    assert pages.asked == [None, "0-1", "0-1", "0-1", "0-1", "0-2", "0-3"]


def test_history_when_a_pages_token_has_expired_then_no_event_is_repeated(pages: PagedHistory) -> None:
    following = polls(pages, [3, 5])
    assert next(following) == [1, 2, 3]
    pages.age = 1

    assert next(following) == [4, 5]
    assert pages.asked[2:] == ["0-1", None, "1-1", "1-2"]
