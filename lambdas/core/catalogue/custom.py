"""A custom model as a model of the catalogue."""

from dataclasses import replace
from typing import TYPE_CHECKING

from lambdas.core.runtime.custom_models import CustomModel

if TYPE_CHECKING:
    from lambdas.core.catalogue.models import ImageModel

# AWS: a fine-tuned Titan does no inpainting (removal is inpainting without a text), no outpainting and no palette.
_FINE_TUNED_LACKS = {"titan": ("inpaint", "remove", "outpaint", "palette")}


def derive_model(custom: CustomModel, base: "ImageModel") -> "ImageModel":
    """Return the custom model: its base model's limits and lifecycle, and no price per picture."""
    lacks = _FINE_TUNED_LACKS.get(base.family, ())
    return replace(
        base,
        model_id=custom.arn,
        name=f"{custom.name} ({base.name})",
        regions=(custom.region,),
        price_usd_per_image=0.0,
        price_usd_per_image_by_size={},
        operations={name: found for name, found in base.operations.items() if not lacks or not name.startswith(lacks)},
        base_model_id=base.model_id,
    )
