"""Generate the pictures of an attempt, whichever image model makes them. Pictures are paid for only here.

Each model family has an adapter; the catalogue names a model's family. To add a family, write a file here with
`OPERATIONS`, `build_calls(image_request)` and `parse_response(response)`, name it in `ADAPTERS`, and add its models to
`catalogue/models.json`.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from types import ModuleType

from botocore.exceptions import ClientError

from lambdas.core.models.bedrock import CALL_FAULTS, may_be_billed, translate_error
from lambdas.core.models.image import stability, stability_services, titan
from lambdas.core.models.image.image_request import BLOCKED_MESSAGE, Blocked, Call, ImageRequest, parse_refusal
from lambdas.core.models.response import UnreadableAnswerError, engine_of, parse_document, reading_answer
from lambdas.core.money.ledger import Engine, Ledger, PaidCall
from lambdas.core.request.request import Request
from lambdas.core.runtime.clients import bedrock_for_images
from lambdas.core.runtime.errors import ModelError, RecordError, RetakeError

ADAPTERS: dict[str, ModuleType] = {
    "titan": titan,
    "stability": stability,
    "stability_services": stability_services,
}


@dataclass(frozen=True)
class Picture:
    """One candidate, byte for byte as the model returned it."""

    candidate: int
    """Its number in the attempt, from 1. A blocked candidate keeps its number, so there may be gaps.

    Pictures beyond the number that was asked for have the numbers after it.
    """
    body: bytes
    seed: int
    is_blocked: bool = False
    """Whether a content filter refused it, although the model returned it."""


Keep = Callable[[Picture], object]
"""Write a picture to its record as soon as it is there. Called in the thread of the picture's call."""


@dataclass(frozen=True)
class _Delivery:
    """The pictures that one call returned."""

    pictures: list[Picture]
    """At least one."""
    engine: Engine
    billed: int
    """The number of entries in the answer, including those without a picture. All are billed."""


@dataclass(frozen=True)
class _Failure:
    """A call that returned no picture and was not blocked."""

    error: RetakeError
    is_maybe_billed: bool = False


def images_usd(request: Request) -> float:
    """Return the list price of all candidates of one attempt, in USD."""
    price_usd = request.image_model.image_price_usd(
        request.titan_img_width, request.titan_img_height, request.operation
    )
    return request.titan_img_number_of_images * price_usd


def candidate_seeds(image_request: ImageRequest) -> list[int]:
    """Return the seed of each candidate that the attempt asks for, candidate 1 first."""
    return [seed for call in _build_calls(image_request) for seed in call.seeds]


def generate(image_request: ImageRequest, ledger: Ledger, verdict_usd: float, keep: Keep) -> list[Picture] | Blocked:
    """Make the calls for the attempt's candidates in parallel, and record their cost.

    A one-image model is called once per candidate. If only some of these calls return a picture, those are the result.

    verdict_usd: the most that the verdict on these pictures can cost; it must fit under the ceiling too.
    keep: called with every picture as soon as it is there, before anything else is done with it.

    Raises:
        CeilingReachedError: the pictures and their verdict could exceed the cost ceiling; no call was made.
        RetakeError: no call returned a picture, and at least one failed; see `translate_error`.
    """
    calls = _build_calls(image_request)
    model = image_request.model
    price_usd = image_request.price_usd
    paid_calls = [PaidCall("image", "attempt", model.model_id, len(call.seeds) * price_usd) for call in calls]
    ledger.reserve(paid_calls, followed_by_usd=verdict_usd)
    first_candidates = accumulate((len(call.seeds) for call in calls), initial=1)
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda call, first: _invoke(image_request, call, first, keep), calls, first_candidates))
    for paid_call, answer in zip(paid_calls, answers, strict=True):
        if isinstance(answer, _Delivery):
            paid_call.cost_usd, paid_call.engine = answer.billed * price_usd, answer.engine
        elif isinstance(answer, Blocked):
            paid_call.cost_usd = len(answer.bodies) * price_usd
        elif not answer.is_maybe_billed:
            paid_call.cost_usd = 0.0
    ledger.write()
    pictures = [picture for answer in answers if isinstance(answer, _Delivery) for picture in answer.pictures]
    if pictures:
        return sorted(pictures, key=lambda picture: picture.candidate)
    # Raise a failure before reporting a block: the state machine can retry the attempt, and a retry may succeed.
    for answer in answers:
        if isinstance(answer, _Failure):
            raise answer.error
    return next(answer for answer in answers if isinstance(answer, Blocked))


def _build_calls(image_request: ImageRequest) -> list[Call]:
    calls: list[Call] = ADAPTERS[image_request.model.family].build_calls(image_request)
    return calls


def _invoke(image_request: ImageRequest, call: Call, first: int, keep: Keep) -> _Delivery | Blocked | _Failure:
    model_id, adapter = image_request.model.call_id, ADAPTERS[image_request.model.family]
    body = json.dumps(call.body)
    try:
        with reading_answer():
            response = bedrock_for_images().invoke_model(modelId=model_id, body=body)
            answer: list[bytes] | Blocked = adapter.parse_response(parse_document(response["body"].read()))
            pictures = _number(answer, call, first, image_request.number_of_images)
            if not pictures and not isinstance(answer, Blocked):
                raise UnreadableAnswerError("none of its images is Base64 of a file")
        # Outside `reading_answer`, because an error of `keep` is not an error of reading the answer.
        for picture in pictures:
            keep(picture)
    except CALL_FAULTS as error:
        message = str(error.response["Error"].get("Message")) if isinstance(error, ClientError) else ""
        if BLOCKED_MESSAGE in message:
            return parse_refusal(message)
        return _Failure(translate_error(error, model_id), may_be_billed(error))
    except ModelError as error:
        return _Failure(error)
    except RecordError as error:
        return _Failure(error, is_maybe_billed=True)
    return answer if isinstance(answer, Blocked) else _Delivery(pictures, engine_of(response), billed=len(answer))


def _number(answer: list[bytes] | Blocked, call: Call, first: int, asked: int) -> list[Picture]:
    """Return the answer's pictures as candidates. Skip entries without a picture.

    first: the candidate of the call's first picture; asked: how many candidates the whole attempt asks for.
    """
    is_blocked = isinstance(answer, Blocked)
    bodies = answer.bodies if isinstance(answer, Blocked) else answer
    pictures = []
    for place, body in enumerate(bodies):
        surplus, place_in_call = divmod(place, len(call.seeds))
        if body:
            candidate = first + place_in_call + surplus * asked
            pictures.append(Picture(candidate, body, call.seeds[place_in_call], is_blocked))
    return pictures
