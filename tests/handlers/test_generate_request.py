"""Generate passes every field of the picture on to the model's adapter."""

from lambdas.core.models.image import _build_calls
from lambdas.generate.handler import _build_image_request
from tests.support.factories.core import TITAN, request


def test_the_fields_of_the_picture_reach_the_body_of_the_call() -> None:
    given = {"cfg_scale": 9.5, "quality": "standard", "width": 768, "height": 1152, "number_of_images": 3, "seed": 7}
    asked = request(image_model_id=TITAN, **{f"titan_img_{name}": value for name, value in given.items()})
    worded = {"prompt": "a calm sea", "negative_prompt": "cars"}

    made = _build_image_request(asked, worded, revision=1, attempt=2, pictures={})

    assert made.quality == "standard"
    [call] = _build_calls(made)
    assert call.body["textToImageParams"] == {"text": "a calm sea", "negativeText": "cars"}
    assert call.body["imageGenerationConfig"] == {
        "cfgScale": 9.5,
        "quality": "standard",
        "width": 768,
        "height": 1152,
        "numberOfImages": 3,
        "seed": 8,
    }
