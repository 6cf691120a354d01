"""Choose the pictures that the page shows, and make them small. A run with few pictures shows all of them."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from lambdas.core.models.picture_file import UnreadablePictureError
from lambdas.core.report.embedding import Embedded, embed
from lambdas.core.run.history import History

CHOSEN_SIDE_PX = 1024
FRAME_SIDE_PX = 320
_CHOSEN_MAX_BYTES = 600_000
# This keeps the page below 10 MB: base64 adds a third, and the text of 140 attempts takes at most 5 MB.
_ALL_FRAMES_MAX_BYTES = 3_000_000
_FRAME_MAX_BYTES = 48_000
_MANY_PICTURES = 150
"""Above this many, only the best candidate of each attempt is shown."""

# Conclude has 120 s in total. A page with fewer pictures is better than no page.
TIME_LIMIT_S = 60.0
_READERS = 4


@dataclass
class Album:
    """The pictures of the page, by their names in the run's folder."""

    chosen_name: str | None
    chosen: Embedded | None = None
    frames: dict[str, Embedded] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    """Why a picture cannot be shown, by its name."""
    pictures: int = 0
    """The number of the run's pictures, shown or not."""
    only_best: bool = False
    timed_out: set[str] = field(default_factory=set)
    """Pictures left out because reading them all would have taken too long."""


def collect_pictures(history: History, time_limit_s: float = TIME_LIMIT_S) -> Album:
    """Read the pictures and make them small, the most useful first, until `time_limit_s` is over.

    Raises:
        RecordError: S3 failed (retried by the state machine).
    """
    attempts = history.attempts
    best = history.best.best_image if history.best else None
    album = Album(chosen_name=best["name"] if best else None)
    bests = [image["name"] for attempt in attempts if (image := attempt.best_image)]
    names = [image["name"] for attempt in attempts for image in attempt.images]
    album.pictures, album.only_best = len(names), len(names) > _MANY_PICTURES
    first = [album.chosen_name] if album.chosen_name else []
    shown = dict.fromkeys([*first, *bests, *([] if album.only_best else names)])
    frame_bytes = min(_FRAME_MAX_BYTES, _ALL_FRAMES_MAX_BYTES // max(1, len(shown)))
    deadline = time.monotonic() + time_limit_s
    # Read in parallel, because reading waits for S3. Decode one picture at a time: Lambda gives only a fraction of a
    # processor, and four decoded pictures of 4,096² px would fill the memory.
    decoding = threading.Lock()

    def add(name: str) -> None:
        if time.monotonic() > deadline:
            album.timed_out.add(name)
            return
        body = history.folder.read(name)
        with decoding:
            try:
                if body is None:
                    raise UnreadablePictureError("the file is missing")
                if name == album.chosen_name:
                    album.chosen = embed(body, CHOSEN_SIDE_PX, _CHOSEN_MAX_BYTES)
                album.frames[name] = embed(body, FRAME_SIDE_PX, frame_bytes)
            except UnreadablePictureError as error:
                album.faults[name] = str(error)

    with ThreadPoolExecutor(_READERS) as readers:
        for _ in readers.map(add, shown):
            pass
    return album
