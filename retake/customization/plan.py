"""The plan of a fine-tuning job: its hyperparameters, its cost, and whether Bedrock still takes it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from lambdas.core.catalogue.models import ImageModel, image_models, lifecycle_warning
from retake.customization import limits
from retake.customization.dataset_source import Dataset
from retake.view.errors import BadInputError

AUTO = "auto"
# AWS: what both the name of a job and the name of a custom model may be.
_NAME = re.compile(r"(?=.{1,63}$)[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One job, not created yet."""

    dataset: Dataset
    base: ImageModel
    name: str
    """The name of the job and of the custom model."""
    steps: int
    why_steps: str
    batch_size: int
    learning_rate: float

    @property
    def cost_usd(self) -> float:
        """The price of the training. AWS bills each picture that the training sees."""
        return self.steps * self.batch_size * limits.USD_PER_IMAGE_SEEN

    @property
    def hyperparameters(self) -> dict[str, str]:
        """The fields of the job. AWS: all values are texts."""
        rate = f"{self.learning_rate:.10f}".rstrip("0")
        return {"stepCount": str(self.steps), "batchSize": str(self.batch_size), "learningRate": rate}

    def to_json(self) -> dict[str, Any]:
        """Return the plan as `retake finetune --json` prints it."""
        return {
            "dataset": self.dataset.place,
            "pictures": len(self.dataset.records),
            "base_model_id": self.base.model_id,
            "name": self.name,
            "steps": self.steps,
            "why_steps": self.why_steps,
            "batch_size": self.batch_size,
            "learning_rate": self.learning_rate,
            "estimated_usd": round(self.cost_usd, 2),
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines for people."""
        pictures = len(self.dataset.records)
        seen = self.steps * self.batch_size
        yield f"dataset        {pictures:,} pictures in {self.dataset.place}"
        yield f"base model     {self.base.model_id} ({self.base.name})"
        yield f"custom model   {self.name}"
        yield f"steps          {self.steps:,} ({self.why_steps})"
        yield f"batch size     {self.batch_size}; each picture is seen {seen / pictures:,.0f} times"
        yield f"learning rate  {self.learning_rate:g}"
        yield (
            f"estimated      ${self.cost_usd:,.2f} for the training: {self.steps:,} steps × {self.batch_size} pictures × "
            f"${limits.USD_PER_IMAGE_SEEN:g}"
        )
        yield "not included   the throughput that serves the model, billed by the hour, and the storage of the model"


def make_plan(
    dataset: Dataset, base_model_id: str, steps: str, batch_size: int, learning_rate: float, name: str | None
) -> Plan:
    """Return the plan.

    steps: a number, or "auto" for AWS's recommendation. name: by default, it follows from everything else, so that the same
        plan is the same job.

    Raises:
        BadInputError: the service would refuse a value.
    """
    base = _base_model(base_model_id)
    count = len(dataset.records)
    if steps == AUTO:
        recommended = limits.recommend_steps(count)
        number, why = recommended.number, recommended.why
    else:
        number, why = _parse_steps(steps), "as given"
    if batch_size not in limits.BATCH_SIZES:
        raise BadInputError(f"--batch-size {batch_size}: give a multiple of 8, from 8 to 192")
    if not limits.MIN_LEARNING_RATE <= learning_rate <= limits.MAX_LEARNING_RATE:
        raise BadInputError(
            f"--learning-rate {learning_rate:g}: give {limits.MIN_LEARNING_RATE:g} to {limits.MAX_LEARNING_RATE:g}"
        )
    if name is not None and not _NAME.fullmatch(name):
        raise BadInputError(f"--name {name}: give letters and digits, with single hyphens between them, at most 63")
    identity = f"{dataset.digest} {base.model_id} {number} {batch_size} {learning_rate!r}"
    name = name or f"retake-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
    return Plan(
        dataset=dataset,
        base=base,
        name=name,
        steps=number,
        why_steps=why,
        batch_size=batch_size,
        learning_rate=learning_rate,
    )


def lifecycle_fault(base: ImageModel, today: date) -> str | None:
    """Return why Bedrock creates no job for the base model on this day, by the catalogue; None if it does.

    AWS: a Legacy or ended model gets no new fine-tuning jobs and no new throughput.
    """
    warning = lifecycle_warning(base, today)
    return (
        f"{warning}; Amazon Bedrock creates no new fine-tuning jobs and no new throughput for it" if warning else None
    )


def _base_model(model_id: str) -> ImageModel:
    tunable = {known: model for known, model in image_models().items() if model.family == limits.FAMILY}
    if model_id not in tunable:
        raise BadInputError(
            f"--base-model {model_id}: Amazon Bedrock does not fine-tune it; give one of {', '.join(tunable)}"
        )
    return tunable[model_id]


def _parse_steps(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not limits.MIN_STEPS <= int(text) <= limits.MAX_STEPS:
        raise BadInputError(f"--steps {text}: give auto, or {limits.MIN_STEPS} to {limits.MAX_STEPS:,}")
    return int(text)
