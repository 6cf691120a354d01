"""Ask the judge about labelled pictures, a few at a time, until all are judged or the cost ceiling is near."""

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
from retake.calibration.ledger import CalibrationLedger
from retake.calibration.measure import Comparison
from retake.view.progress import View

THREADS = 4
# Shorter than in the state machine, because a person is waiting.
RETRY_PAUSES_S = (1.0, 4.0)
_PROGRESS_EVERY = 20

StopReason = Literal["ceiling", "interrupted", "fault"]


@dataclass
class Judgements:
    """The verdicts so far, compared with the labels. Several threads add to it."""

    comparisons: list[Comparison] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)
    """The names of the pictures that have a verdict."""
    failed: list[tuple[str, str]] = field(default_factory=list)
    """The names of the pictures without a usable answer from the judge, and why."""
    stopped: StopReason | None = None
    fault: str = ""
    """The message of the fault, if `stopped` is "fault"."""


def judge_all(
    pictures: tuple[LabelledPicture, ...], request: Request, ledger: CalibrationLedger, view: View
) -> Judgements:
    """Judge every picture once. Ctrl-C and the cost ceiling stop it after the calls in flight."""
    judgements, quitting = Judgements(), threading.Event()
    waiting, width, done = deque(pictures), THREADS, 0

    def judge_one(picture: LabelledPicture) -> bool:
        return _judge_one(picture, request, ledger, judgements, quitting)

    with ThreadPoolExecutor(THREADS) as threads:
        in_flight: dict[Future[bool], LabelledPicture] = {}
        try:
            while waiting or in_flight:
                while waiting and len(in_flight) < width:
                    picture = waiting.popleft()
                    in_flight[threads.submit(judge_one, picture)] = picture
                ended = wait(in_flight, return_when=FIRST_COMPLETED).done
                refused = [picture for future, picture in _take_out(ended, in_flight) if not future.result()]
                waiting.extendleft(reversed(refused))
                if refused and width == 1:
                    judgements.stopped = "ceiling"
                    break
                if refused:
                    # Calls in flight are reserved at their highest cost. When they end, there may be room again.
                    width = max(1, len(in_flight))
                before, done = done, done + len(ended) - len(refused)
                view.step(f"judging: {done} of {len(pictures)} pictures")
                if done == len(pictures) or done // _PROGRESS_EVERY > before // _PROGRESS_EVERY:
                    view.line(f"{done} of {len(pictures)} pictures · ${ledger.spent_usd:.4f}")
        except KeyboardInterrupt:
            judgements.stopped = "interrupted"
            view.line("interrupted: stopping after the calls in flight (Ctrl-C again to quit at once)")
        except (ModelAccessError, ModelEndOfLifeError) as fault:
            # Every other picture would fail in the same way.
            judgements.stopped, judgements.fault = "fault", str(fault)
        finally:
            quitting.set()
    return judgements


def _take_out(
    ended: set[Future[bool]], in_flight: dict[Future[bool], LabelledPicture]
) -> Iterator[tuple[Future[bool], LabelledPicture]]:
    for future in ended:
        yield future, in_flight.pop(future)


def _judge_one(
    picture: LabelledPicture,
    request: Request,
    ledger: CalibrationLedger,
    judgements: Judgements,
    quitting: threading.Event,
) -> bool:
    """Judge the picture. Return False if its verdict could pass the cost ceiling."""
    try:
        verdict = _verdict(picture, request, ledger, quitting)
    except CeilingReachedError:
        return False
    except (ModelAccessError, ModelEndOfLifeError):
        raise
    except (RetakeError, UnreadablePictureError, OSError) as fault:
        if quitting.is_set() and isinstance(fault, RETRIED_ERRORS):
            # Without the interruption it would have been retried, so it does not count as failed.
            return True
        judgements.failed.append((picture.name, f"{type(fault).__name__}: {fault}"))
        return True
    judgements.comparisons += [
        Comparison(picture.name, item.id, item.kind, item.text, check.observed, check.met, met, check.certain, certain)
        for item, check, met, certain in zip(
            picture.requirements, verdict.checks_of(1), picture.met, picture.certain, strict=True
        )
    ]
    judgements.judged.append(picture.name)
    return True


def _verdict(
    picture: LabelledPicture, request: Request, ledger: CalibrationLedger, quitting: threading.Event
) -> Verdict:
    # The limit of the labelled file, 8,000 px a side. A function has less memory than this machine, and a lower limit.
    shown = (prepare_picture(picture.path.read_bytes(), max_pixels=MAX_SIDE_PX**2),)
    for pause_s in RETRY_PAUSES_S:
        try:
            return judge(request, picture.requirements, shown, ledger)
        except RETRIED_ERRORS:
            if quitting.wait(pause_s):
                raise
    return judge(request, picture.requirements, shown, ledger)
