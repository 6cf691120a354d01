"""Generate the pictures of an attempt, whichever image model makes them. Pictures are paid for only here.

Each model family has an adapter; the catalogue names a model's family. To add a family, write a file here with
`build_calls(image_request)` and `parse_response(response)`, name it in `ADAPTERS`, and add its models to
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
    """Its number in the attempt, from 1. A blocked candidate keeps its number, so there may be gaps."""
    body: bytes
    seed: int


@dataclass(frozen=True)
class _Failure:
    """A call that returned no picture and was not blocked."""

    error: RetakeError
    is_maybe_billed: bool = False


def images_usd(request: Request) -> float:
    """Return the list price of all candidates of one attempt, in USD."""
    price_usd = request.image_model.image_price_usd(request.titan_img_width, request.titan_img_height)
    return request.titan_img_number_of_images * price_usd


def generate(image_request: ImageRequest, ledger: Ledger, verdict_usd: float) -> list[Picture] | Blocked:
    """Make the calls for the attempt's candidates in parallel, and record their cost.

    A one-image model is called once per candidate. If only some of these calls return a picture, those are the result.

    verdict_usd: the most that the verdict on these pictures can cost; it must fit under the ceiling too.

    Raises:
        CeilingReachedError: the pictures and their verdict could exceed the cost ceiling; no call was made.
        RetakeError: no call returned a picture, and at least one failed; see `translate_error`.
    """
    calls: list[Call] = ADAPTERS[image_request.model.family].build_calls(image_request)
    model = image_request.model
    price_usd = model.image_price_usd(image_request.width_px, image_request.height_px)
    paid_calls = [PaidCall("image", "attempt", model.model_id, len(call.seeds) * price_usd) for call in calls]
    ledger.reserve(paid_calls, followed_by_usd=verdict_usd)
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda call: _invoke(image_request, call), calls))
    for paid_call, answer in zip(paid_calls, answers, strict=True):
        if isinstance(answer, list):
            paid_call.cost_usd = len(answer) * price_usd
        elif isinstance(answer, Blocked) or not answer.is_maybe_billed:
            paid_call.cost_usd = 0.0
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
    # Raise a failure before reporting a block: the state machine can retry the attempt, and a retry may succeed.
    for answer in answers:
        if isinstance(answer, _Failure):
            raise answer.error
    return next(answer for answer in answers if isinstance(answer, Blocked))


def _invoke(image_request: ImageRequest, call: Call) -> list[bytes] | Blocked | _Failure:
    model_id, adapter = image_request.model.model_id, ADAPTERS[image_request.model.family]
    try:
        response = bedrock_for_images().invoke_model(modelId=model_id, body=json.dumps(call.body))
        answer: list[bytes] | Blocked = adapter.parse_response(json.loads(response["body"].read()))
    except (ClientError, BotoCoreError) as error:
        message = error.response["Error"].get("Message", "") if isinstance(error, ClientError) else ""
        if BLOCKED_MESSAGE in message:
            return parse_refusal(message)
        return _Failure(translate_error(error, model_id), may_be_billed(error))
    except ModelError as error:
        return _Failure(error)
    except ValueError as error:
        return _Failure(
            ModelUnavailableError(f"{model_id}: the response is not JSON with pictures ({error})"), is_maybe_billed=True
        )
    return answer
