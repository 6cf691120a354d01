"""The answer to `record_coverage`: the requirements that a revised prompt no longer asks for."""

import re
from typing import Any

from standin.scenes.language.parse_scene import parse_excluded, parse_scene
from standin.scenes.language.scene import Scene, Want
from standin.scenes.language.vocabulary import things


def check_coverage(data: dict[str, Any]) -> dict[str, Any]:
    """Return the input of `record_coverage`.

    A requirement with unknown words is covered if all its words are in the prompt or the negative prompt.
    """
    prompt, negative = str(data.get("prompt") or ""), str(data.get("negative_prompt") or "")
    prompt_scene, negative_scene = parse_scene(prompt), parse_excluded(negative)
    words = _words(f"{prompt} {negative}")
    missing = []
    for requirement in data.get("requirements") or []:
        if isinstance(requirement, dict) and isinstance(requirement.get("id"), str):
            text = str(requirement.get("text") or "")
            required = parse_scene(text)
            is_covered = _words(text) <= words if required.unread else _covers(prompt_scene, negative_scene, required)
            if not is_covered:
                missing.append(requirement["id"])
    return {"missing": missing}


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower())) - {"a", "an", "the", "no"}


def _covers(prompt_scene: Scene, negative_scene: Scene, required: Scene) -> bool:
    excluded = {want.thing for want in (*negative_scene.wants, *prompt_scene.absent)}
    named = {want.thing for want in prompt_scene.present}
    places = {want.key: want.place for want in prompt_scene.present}
    return (
        all(any(_satisfies(other, want) for other in prompt_scene.present) for want in required.present)
        and all(want.thing in excluded or want.thing not in named for want in required.absent)
        and all(
            relation in prompt_scene.relations or places.get(relation.subject) == relation.kind.removesuffix(" of")
            for relation in required.relations
        )
    )


def _satisfies(want: Want, required: Want) -> bool:
    """Return whether a want of the prompt has everything that is required."""
    return required.thing in (want.thing, things()[want.thing].is_a) and all(
        wanted in (None, given)
        for wanted, given in (
            (required.colour, want.colour),
            (required.count, want.count),
            (required.place, want.place),
            (required.lettering, want.lettering),
        )
    )
