"""Generate the candidates of one attempt.

Event:  {"run": {"bucket": "pictures", ...}, "revision": 0, "attempt": 1, "spent_usd": 0.0006}
Answer: {"outcome": "PICTURES", "images": 1, "spent_usd": 0.0406}
"""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from lambdas.core.models.claude import verdict
from lambdas.core.models.image import Picture, generate
from lambdas.core.models.image.image_request import Blocked, ImageRequest
from lambdas.core.models.image.inputs import load_inputs
from lambdas.core.money.ledger import CeilingReachedError
from lambdas.core.request.request import Request
from lambdas.core.request.task_fields import NO_EXTENSION
from lambdas.core.run.open_run import open_run
from lambdas.core.run.seeds import attempt_seed
from lambdas.core.run.state import RunState
from lambdas.core.runtime.observability import log_invocation
from lambdas.core.runtime.records import attempt_folder, wording_folder
from lambdas.generate.contract import GenerateAnswer, GenerateEvent
from lambdas.generate.pictures import describe_picture, keep_picture, read_pictures


@log_invocation("generate")
def handler(event: GenerateEvent, context: Any) -> GenerateAnswer:
    """Generate the candidates, unless an earlier invocation has already done so."""
    state = RunState.from_state(event["run"])
    folder, revision, attempt = state.folder, event["revision"], event["attempt"]
    here = attempt_folder(revision, attempt)
    written = folder.read_json(f"{here}/attempt.json")
    if written:
        return _answer(written, event["spent_usd"])

    run = open_run(state)
    worded = folder.require_json(f"{wording_folder(revision)}/prompt.json")
    image_request = _build_image_request(run.request, worded, revision, attempt, load_inputs(folder, run.inputs))
    ledger = run.open_ledger(here.replace("/", "-") + "-image", event["spent_usd"])
    started = time.monotonic()
    # An earlier invocation may have been killed between its pictures and its record. Its pictures are paid for.
    answer: list[Picture] | Blocked = read_pictures(folder, here, image_request) if ledger.calls else []
    try:
        verdict_usd = verdict.worst_usd(run.request, run.requirements)
        answer = answer or generate(image_request, ledger, verdict_usd, partial(keep_picture, folder, here))
    except CeilingReachedError:
        return {"outcome": "OVER_BUDGET", "images": 0, "spent_usd": ledger.spent_usd}

    blocked = answer if isinstance(answer, Blocked) else None
    record = {
        "revision": revision,
        "attempt": attempt,
        "outcome": f"BLOCKED_{blocked.part.upper()}" if blocked else "PICTURES",
        "reason": blocked.reason if blocked else None,
        "model_id": image_request.model.model_id,
        "task_type": run.request.task_type,
        "seed": image_request.seed,
        "images": [describe_picture(here, picture) for picture in ([] if isinstance(answer, Blocked) else answer)],
        "latency_s": round(time.monotonic() - started, 3),
        "cost_usd": ledger.step_usd,
    }
    folder.write_json(f"{here}/attempt.json", record)
    return _answer(record, event["spent_usd"])


def _build_image_request(
    request: Request, worded: dict[str, Any], revision: int, attempt: int, pictures: Mapping[str, bytes]
) -> ImageRequest:
    model = request.image_model
    return ImageRequest(
        model=model,
        operation=request.operation,
        prompt=worded["prompt"],
        negative_prompt=worded["negative_prompt"] if model.max_negative_prompt_chars else None,
        width_px=request.titan_img_width,
        height_px=request.titan_img_height,
        seed=attempt_seed(request.seed_namespace, revision, attempt, request.titan_img_seed, model.max_seed),
        number_of_images=request.titan_img_number_of_images,
        cfg_scale=request.titan_img_cfg_scale,
        quality=request.titan_img_quality,
        pictures=pictures,
        mask_prompt=request.mask_prompt,
        out_painting_mode=request.out_painting_mode,
        extend_px=request.extend_px or NO_EXTENSION,
        control_strength=request.control_strength,
        similarity_strength=request.similarity_strength,
        colors=request.colors,
    )


def _answer(record: dict[str, Any], spent_before_usd: float) -> GenerateAnswer:
    return {
        "outcome": record["outcome"],
        "images": len(record["images"]),
        "spent_usd": round(spent_before_usd + record["cost_usd"], 8),
    }
