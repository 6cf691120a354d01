"""The image models: one adapter per family, chosen by the catalogue, and the one place where pictures are paid for.

A new family is one file here with `build_calls(ask)` and `parse_response(answer)`, its name in `ADAPTERS`, and lines in
`catalogue/models.json`.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.models.bedrock import may_be_billed, translate_error
from lambdas.core.models.image import stability, titan
from lambdas.core.models.image.image_request import BLOCKED_MESSAGE, Blocked, Call, ImageRequest, parse_refusal
from lambdas.core.money.ledger import Ledger, PaidCall
from lambdas.core.request.request import Request
from lambdas.core.runtime.clients import bedrock_for_images
from lambdas.core.runtime.errors import ModelError, ModelUnavailableError, RetakeError

ADAPTERS: dict[str, ModuleType] = {"titan": titan, "stability": stability}


@dataclass(frozen=True)
class Picture:
    """One candidate, byte for byte as the model returned it."""

    candidate: int
    """Its place among the attempt's candidates, from 1; a blocked one leaves its place empty."""
    body: bytes
    seed: int


@dataclass(frozen=True)
class _Failure:
    """A call that made no picture, and whether it may have been paid for all the same."""

    error: RetakeError
    may_be_paid: bool = False


def images_usd(request: Request) -> float:
    """The list price of every candidate of one attempt."""
    price_usd = request.image_model.image_price_usd(request.titan_img_width, request.titan_img_height)
    return request.titan_img_number_of_images * price_usd


def generate(ask: ImageRequest, ledger: Ledger, verdict_usd: float) -> list[Picture] | Blocked:
    """Ask for the attempt's candidates, all calls at once, and settle what they cost.

    Some candidates of a one-image model may be blocked or fail while others come: then those that came are the answer.

    Raises:
        CeilingReachedError: the pictures and the verdict on them (`verdict_usd`) could pass the run's ceiling.
        ModelError: no picture came (the state machine retries the throttled, unavailable and timed out).
    """
    calls: list[Call] = ADAPTERS[ask.model.family].build_calls(ask)
    price_usd = ask.model.image_price_usd(ask.width_px, ask.height_px)
    paid = [PaidCall("image", "attempt", ask.model.model_id, len(call.seeds) * price_usd) for call in calls]
    ledger.reserve(paid, followed_by_usd=verdict_usd)
    with ThreadPoolExecutor(len(calls)) as callers:
        answers = list(callers.map(lambda call: _invoke(ask, call), calls))
    for reserved, answer in zip(paid, answers, strict=True):
        if isinstance(answer, list):
            reserved.cost_usd = len(answer) * price_usd
        elif isinstance(answer, Blocked) or not answer.may_be_paid:
            reserved.cost_usd = 0.0
    ledger.write()
    pictures = []
    candidate = 1
    for call, answer in zip(calls, answers, strict=True):
        if isinstance(answer, list):
            seeded = zip(answer, call.seeds, strict=False)
            pictures += [Picture(candidate + place, body, seed) for place, (body, seed) in enumerate(seeded)]
        candidate += len(call.seeds)
    if pictures:
        return pictures
    # A fault is worth a retry of the attempt; only when every call was blocked is the attempt itself blocked.
    for answer in answers:
        if isinstance(answer, _Failure):
            raise answer.error
    return next(answer for answer in answers if isinstance(answer, Blocked))


def _invoke(ask: ImageRequest, call: Call) -> list[bytes] | Blocked | _Failure:
    model_id = ask.model.model_id
    try:
        response = bedrock_for_images().invoke_model(modelId=model_id, body=json.dumps(call.body))
        answer: list[bytes] | Blocked = ADAPTERS[ask.model.family].parse_response(json.loads(response["body"].read()))
    except (ClientError, BotoCoreError) as error:
        message = error.response["Error"].get("Message", "") if isinstance(error, ClientError) else ""
        if BLOCKED_MESSAGE in message:
            return parse_refusal(message)
        return _Failure(translate_error(error, model_id), may_be_billed(error))
    except ModelError as error:
        return _Failure(error)
    except ValueError as error:
        return _Failure(
            ModelUnavailableError(f"{model_id}: the answer is no JSON with pictures ({error})"), may_be_paid=True
        )
    return answer
