"""Each call of a handler is reported, and a fault of the report does not fail the call."""

from pathlib import Path
from typing import Any

from retake.laptop.records import LocalFolder
from retake.laptop.steps import HandlerSteps
from retake.view.progress import PlainView
from retake.view.run_watch import RunWatch


class BrokenView(PlainView):
    """A view that cannot show anything."""

    def __init__(self) -> None: ...

    def step(self, text: str) -> None:
        raise OSError("no terminal")

    line = step


def test_call_when_the_view_fails_then_the_handler_answers(tmp_path: Path) -> None:
    called: list[Any] = []

    def handler_of(function: str) -> Any:
        return lambda event, context: called.append(event) or {"function": function}

    steps = HandlerSteps(RunWatch(BrokenView()), LocalFolder.at(tmp_path), handler_of)
    before = steps.conclusion

    answer = steps.handler_of("conclude")({"ending": "ERROR"}, None)

    assert called == [{"ending": "ERROR"}]
    assert answer == {"function": "conclude"}
    assert (before, steps.conclusion) == (None, answer)


def test_record_when_it_is_there_then_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "r00").mkdir()
    (tmp_path / "r00/prompt.json").write_text('{"prompt": "夜"}', encoding="utf-8")
    records = LocalFolder.at(tmp_path)

    assert (records.has("r00/prompt.json"), records.has("r01/prompt.json")) == (True, False)
    assert records.require_json("r00/prompt.json") == {"prompt": "夜"}
