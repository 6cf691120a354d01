"""Generate the candidates of one attempt.

Event:  {"run": {...}, "revision": 0, "attempt": 1, "spent_usd": 0.0006}
Answer: {"outcome": "PICTURES" | "BLOCKED_PROMPT" | "BLOCKED_OUTPUT" | "OVER_BUDGET", "images": 1, "spent_usd": 0.0406}
"""

import hashlib
import io
import time
from typing import Any

from lambdas.core.models.claude import verdict
from lambdas.core.models.image import ADAPTERS, Picture, generate
from lambdas.core.models.image.image_request import Blocked, ImageRequest
from lambdas.core.money.ledger import CeilingReachedError, Ledger
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import Requirement
from lambdas.core.run.seeds import attempt_seed
from lambdas.core.runtime.errors import ModelUnavailableError
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.storage.run_folder import REQUEST, REQUIREMENTS, RunFolder, attempt_folder, wording_folder

_JPEG_START = b"\xff\xd8"


@log_invocation("generate")
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Generate, unless an earlier invocation of this attempt did."""
    folder, revision, attempt = RunFolder.of(event["run"]), event["revision"], event["attempt"]
    here = attempt_folder(revision, attempt)
    written = folder.read_json(f"{here}/attempt.json")
    if written:
        return _answer(written, event["spent_usd"] + written["cost_usd"])

    request = Request.from_record(folder.need_json(REQUEST)["request"])
    requirements = [Requirement(**item) for item in folder.need_json(REQUIREMENTS)["requirements"]]
    ask = _ask(request, folder.need_json(f"{wording_folder(revision)}/prompt.json"), revision, attempt)
    ledger = Ledger.of_step(folder, here.replace("/", "-") + "-image", request, event)
    started = time.monotonic()
    # An earlier invocation may have been killed between its pictures and its record: they are paid for.
    answer: list[Picture] | Blocked = _found(folder, here, ask) if ledger.calls else []
    try:
        answer = answer or generate(ask, ledger, verdict.worst_usd(request, requirements))
    except CeilingReachedError:
        return {"outcome": "OVER_BUDGET", "images": 0, "spent_usd": ledger.spent_usd}

    blocked = answer if isinstance(answer, Blocked) else None
    record = {
        "revision": revision,
        "attempt": attempt,
        "outcome": f"BLOCKED_{blocked.part.upper()}" if blocked else "PICTURES",
        "reason": blocked.reason if blocked else None,
        "model_id": ask.model.model_id,
        "seed": ask.seed,
        "images": [_keep(folder, here, picture) for picture in ([] if isinstance(answer, Blocked) else answer)],
        "latency_s": round(time.monotonic() - started, 3),
        "cost_usd": ledger.step_usd,
    }
    folder.write_json(f"{here}/attempt.json", record)
    return _answer(record, event["spent_usd"] + ledger.step_usd)


def _ask(request: Request, worded: dict[str, Any], revision: int, attempt: int) -> ImageRequest:
    model = request.image_model
    return ImageRequest(
        model=model,
        prompt=worded["prompt"],
        negative_prompt=worded["negative_prompt"],
        width_px=request.titan_img_width,
        height_px=request.titan_img_height,
        seed=attempt_seed(request.seed_namespace, revision, attempt, request.titan_img_seed, model.max_seed),
        number_of_images=request.titan_img_number_of_images,
        cfg_scale=request.titan_img_cfg_scale,
    )


def _found(folder: RunFolder, here: str, ask: ImageRequest) -> list[Picture]:
    """The pictures of this attempt that already lie in S3."""
    seeds = [seed for call in ADAPTERS[ask.model.family].build_calls(ask) for seed in call.seeds]
    pictures = []
    for name in folder.names(f"{here}/image-"):
        candidate = int(name.rsplit("-", 1)[1].split(".")[0])
        body = folder.read(name)
        if body:
            pictures.append(Picture(candidate, body, seeds[candidate - 1]))
    return pictures


def _keep(folder: RunFolder, here: str, picture: Picture) -> dict[str, Any]:
    """Put the picture, byte for byte as the model returned it, and describe it."""
    # Pillow is imported here because the function's cold start should not wait for it.
    from PIL import Image

    # The bytes are kept before they are looked at: whatever they are, they are paid for.
    is_jpeg = picture.body.startswith(_JPEG_START)
    name = f"{here}/image-{picture.candidate}.{'jpg' if is_jpeg else 'png'}"
    folder.write(name, picture.body, "image/jpeg" if is_jpeg else "image/png")
    try:
        with Image.open(io.BytesIO(picture.body)) as image:
            width, height = image.size
    except OSError as error:
        raise ModelUnavailableError(f"{folder.s3_uri(name)}: the model's picture cannot be opened ({error})") from None
    return {
        "name": name,
        "seed": picture.seed,
        "width": width,
        "height": height,
        "sha256": hashlib.sha256(picture.body).hexdigest(),
        "size_bytes": len(picture.body),
    }


def _answer(record: dict[str, Any], spent_usd: float) -> dict[str, Any]:
    return {"outcome": record["outcome"], "images": len(record["images"]), "spent_usd": round(spent_usd, 8)}
