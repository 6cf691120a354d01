"""The answer to `record_coverage`: the requirements that a revised prompt no longer asks for."""

from typing import Any

from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.language.scene import Scene, Want
from standin.scenes.language.vocabulary import things


def check_coverage(data: dict[str, Any]) -> dict[str, Any]:
    """Return the input of `record_coverage`.

    A requirement without any known word counts as covered.
    """
    prompt_scene = parse_scene(str(data.get("prompt") or ""))
    negative_scene = parse_scene(str(data.get("negative_prompt") or ""))
    missing = [
        requirement.get("id")
        for requirement in data.get("requirements") or []
        if isinstance(requirement, dict)
        and not _covers(prompt_scene, negative_scene, str(requirement.get("text") or ""))
    ]
    return {"missing": [requirement_id for requirement_id in missing if isinstance(requirement_id, str)]}


def _covers(prompt_scene: Scene, negative_scene: Scene, text: str) -> bool:
    required = parse_scene(text)
    excluded = {want.thing for want in (*negative_scene.wants, *prompt_scene.absent)}
    named = {want.thing for want in prompt_scene.present}
    return all(any(_satisfies(other, want) for other in prompt_scene.present) for want in required.present) and all(
        want.thing in excluded or want.thing not in named for want in required.absent
    )


def _satisfies(want: Want, required: Want) -> bool:
    """Return whether a want of the prompt has the required thing, colour and count."""
    is_kind = required.thing in (want.thing, things()[want.thing].is_a)
    return is_kind and required.colour in (None, want.colour) and required.count in (None, want.count)
