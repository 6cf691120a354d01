"""Choose the models of a request: those that the event names, else those of the deployment; the image model by the operation."""

from datetime import UTC, datetime
from typing import Any

from lambdas.core.catalogue.models import (
    claude_model,
    claude_model_ids,
    find_image_model,
    image_model,
    image_models,
    lifecycle_warning,
    models_doing,
)
from lambdas.core.request.faults import Faults
from lambdas.core.request.tasks import OPERATIONS, TASK_FIELDS, find_task
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings


def complete_models(checked: dict[str, Any], settings: Settings, faults: Faults) -> None:
    """Add the models that the event does not name, and check that this deployment may call them."""
    for name in ("validate_model_id", "revise_model_id"):
        checked.setdefault(name, getattr(settings, name))
        if not faults.have(name):
            with faults.collect(name):
                claude_model(checked[name], name)
                _check_allowed(name, checked[name], {getattr(settings, name), *settings.extra_model_ids})
    if faults.have("image_model_id"):
        checked["image_model_id"] = settings.image_model_id
        return
    with faults.collect("image_model_id"):
        _complete_image_model(checked, settings, faults)
    checked.setdefault("image_model_id", settings.image_model_id)


def _complete_image_model(checked: dict[str, Any], settings: Settings, faults: Faults) -> None:
    custom = [model.arn for model in settings.custom_models]
    allowed = {settings.image_model_id, *settings.image_model_ids.values(), *settings.extra_model_ids, *custom}
    allowed = {"*"} if "*" in allowed else {_model_key(model_id) for model_id in allowed}
    if given := checked.get("image_model_id"):
        checked["image_model_id"] = _model_key(image_model(given).model_id)
        _check_allowed("image_model_id", checked["image_model_id"], allowed)
    if faults.have("task_type", "prompt", *TASK_FIELDS):
        # Which operation the request needs is not known.
        return
    operation = find_task(checked).operation(checked)
    able = models_doing(operation)
    able += [model for model in map(image_model, custom) if operation in model.operations]
    names = ", ".join(model.call_id for model in able)
    if given and checked["image_model_id"] not in {model.model_id for model in able}:
        name = image_model(given).name
        raise InvalidRequestError(
            f"image_model_id: {name} does not do {OPERATIONS[operation]}; models that do: {names}"
        )
    if given:
        return
    chosen = [settings.image_model_ids.get(find_task(checked).name, ""), settings.image_model_id]
    today = datetime.now(UTC).date()
    alive = [model.model_id for model in able if lifecycle_warning(model, today) is None]
    ids = {model.model_id for model in able}
    for model_id in (*map(_model_key, chosen), *alive, *(model.model_id for model in able)):
        if model_id in ids and ("*" in allowed or model_id in allowed):
            checked["image_model_id"] = model_id
            return
    raise InvalidRequestError(
        f"task_type: no image model of this deployment does {OPERATIONS[operation]}; models that do: {names}; name one in the "
        "setting image_model_ids or extra_model_ids"
    )


def _model_key(model_id: str) -> str:
    """Return the catalogue's id of a model that may be named by its inference profile. An unknown id stays."""
    found = find_image_model(model_id)
    return found.model_id if found else model_id


def _check_allowed(name: str, model_id: str, allowed: set[str]) -> None:
    if model_id not in allowed and "*" not in allowed:
        known = image_models() if name == "image_model_id" else claude_model_ids()
        choices = " or ".join(sorted(allowed & {*known, *(arn for arn in allowed if arn.startswith("arn:"))}))
        raise InvalidRequestError(
            f"{name}: this deployment may not call {model_id}; give {choices}, or add it to the setting extra_model_ids"
        )


def bound_loop(checked: dict[str, Any], faults: Faults) -> None:
    """Lower the limits to what can change the picture: without a prompt nothing is revised, without a seed nothing retried."""
    if faults.have("task_type", "prompt", "image_model_id", *TASK_FIELDS):
        return
    task = find_task(checked)
    if not checked["prompt"]:
        checked["max_prompt_revisions"] = 0
    if not image_model(checked["image_model_id"]).has_seed(task.operation(checked)):
        checked["max_retry_attempts"] = 1
