"""The setting `image_model_ids`: the image model of each task."""

from collections.abc import Iterator, Mapping

from lambdas.core.catalogue.models import find_image_model, image_models
from lambdas.core.request.tasks import TASK_OF, TASKS


def find_faults(image_model_ids: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each name of a task or model that cannot be used, with what to give instead."""
    for task, model_id in image_model_ids.items():
        model = find_image_model(model_id)
        done = {TASK_OF[operation] for operation in model.operations} if model else set()
        if task not in TASKS:
            yield task, f"give tasks: {', '.join(TASKS)}"
        elif model is None:
            yield model_id, f"choose from the catalogue: {', '.join(image_models())}"
        elif task not in done:
            able = (one.call_id for one in image_models().values() if task in map(TASK_OF.get, one.operations))
            yield model_id, f"it does not do {task}; models that do: {', '.join(able)}"
