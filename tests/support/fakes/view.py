"""A progress view for tests."""

from retake.view.progress import PlainView


class RecordingView(PlainView):
    """A view that records its lines and prints nothing."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)
