"""Puts labelled pictures before the judge, a few at a time, until all are judged or the ceiling is near."""

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Literal

from lambdas.core.models.claude.picture import MAX_SIDE_PX, prepare_picture
from lambdas.core.models.claude.verdict import Verdict, judge
from lambdas.core.models.picture_file import UnreadablePictureError
from lambdas.core.money.ledger import CeilingReachedError
from lambdas.core.request.request import Request
from lambdas.core.runtime.errors import RETRIED_ERRORS, ModelAccessError, ModelEndOfLifeError, RetakeError
from retake.calibration.labelled import LabelledPicture
from retake.calibration.measure import Compared
from retake.calibration.till import Till
from retake.view.progress import View

THREADS = 4
# The state machine waits longer, but a person sits before this.
RETRY_PAUSES_S = (1.0, 4.0)
_TOLD_EVERY = 20

Stopped = Literal["ceiling", "interrupted", "fault"]


@dataclass
class Judging:
    """What came of it, also when it was stopped. Filled by several threads."""

    compared: list[Compared] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)
    """Pictures that have a verdict."""
    failed: list[tuple[str, str]] = field(default_factory=list)
    """Pictures that the judge gave no usable answer about, and why."""
    stopped: Stopped | None = None
    fault: str = ""
    """Why nothing more was asked, when `stopped` is "fault"."""


def judge_all(pictures: tuple[LabelledPicture, ...], request: Request, till: Till, view: View) -> Judging:
    """Ask about every picture once. Ctrl-C and the ceiling stop it after the calls under way."""
    judging, leaving = Judging(), threading.Event()
    waiting, width, done = deque(pictures), THREADS, 0

    def one(picture: LabelledPicture) -> bool:
        return _judge_one(picture, request, till, judging, leaving)

    with ThreadPoolExecutor(THREADS) as threads:
        under_way: dict[Future[bool], LabelledPicture] = {}
        try:
            while waiting or under_way:
                while waiting and len(under_way) < width:
                    picture = waiting.popleft()
                    under_way[threads.submit(one, picture)] = picture
                ended = wait(under_way, return_when=FIRST_COMPLETED).done
                refused = [picture for future, picture in _taken(ended, under_way) if not future.result()]
                waiting.extendleft(reversed(refused))
                if refused and width == 1:
                    judging.stopped = "ceiling"
                    break
                if refused:
                    # What the others reserved may not be needed: when they are answered, there may be room again.
                    width = max(1, len(under_way))
                before, done = done, done + len(ended) - len(refused)
                view.step(f"judging: {done} of {len(pictures)} pictures")
                if done == len(pictures) or done // _TOLD_EVERY > before // _TOLD_EVERY:
                    view.line(f"{done} of {len(pictures)} pictures · ${till.spent_usd:.4f}")
        except KeyboardInterrupt:
            judging.stopped = "interrupted"
            view.line("interrupted: stopping after the calls under way (Ctrl-C again to leave at once)")
        except (ModelAccessError, ModelEndOfLifeError) as fault:
            # No other picture would fare better.
            judging.stopped, judging.fault = "fault", str(fault)
        finally:
            leaving.set()
    return judging


def _taken(
    ended: set[Future[bool]], under_way: dict[Future[bool], LabelledPicture]
) -> Iterator[tuple[Future[bool], LabelledPicture]]:
    for future in ended:
        yield future, under_way.pop(future)


def _judge_one(
    picture: LabelledPicture, request: Request, till: Till, judging: Judging, leaving: threading.Event
) -> bool:
    """False when it could not be paid for."""
    try:
        verdict = _verdict(picture, request, till, leaving)
    except CeilingReachedError:
        return False
    except (ModelAccessError, ModelEndOfLifeError):
        raise
    except (RetakeError, UnreadablePictureError, OSError) as fault:
        if leaving.is_set() and isinstance(fault, RETRIED_ERRORS):
            # It would have been asked about again.
            return True
        judging.failed.append((picture.name, f"{type(fault).__name__}: {fault}"))
        return True
    judging.compared += [
        Compared(picture.name, item.id, item.kind, item.text, check.observed, check.met, met)
        for item, check, met in zip(picture.requirements, verdict.checks_of(1), picture.met, strict=True)
    ]
    judging.judged.append(picture.name)
    return True


def _verdict(picture: LabelledPicture, request: Request, till: Till, leaving: threading.Event) -> Verdict:
    # The labelled file's own limit: 8,000 px a side. A function has less memory than this machine.
    shown = (prepare_picture(picture.path.read_bytes(), max_pixels=MAX_SIDE_PX**2),)
    for pause_s in RETRY_PAUSES_S:
        try:
            return judge(request, picture.requirements, shown, till)
        except RETRIED_ERRORS:
            if leaving.wait(pause_s):
                raise
    return judge(request, picture.requirements, shown, till)
