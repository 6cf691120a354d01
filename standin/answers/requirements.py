"""The answer to `record_requirements`: the checkable requirements of a prompt.

Words outside the vocabulary are left out. A prompt without any known word becomes one requirement of kind `other`, for
which the judge answers that it cannot tell.
"""

from typing import Any

from standin.scenes.language.detect_language import detect_language
from standin.scenes.language.parse_scene import parse_scene
from standin.scenes.language.phrases import find_want, is_plural, name_want, phrase_relation, phrase_want, place_phrase
from standin.scenes.language.scene import Relation, Scene, Want
from standin.scenes.language.vocabulary import things

MAX_REQUIREMENTS = 40
MAX_TEXT_CHARS = 300


def derive_requirements(data: dict[str, Any]) -> dict[str, Any]:
    """Return the input of `record_requirements` for `{"prompt", "negative_prompt"}`."""
    prompt = str(data.get("prompt") or "")
    scene = parse_scene(prompt)
    found = _list_requirements(scene)
    named = {want.thing for want in scene.wants}
    excluded = parse_scene(str(data.get("negative_prompt") or "")).wants
    found += [_absence_requirement(want) for want in excluded if want.thing not in named]
    if not found:
        text = " ".join(prompt.split())[:MAX_TEXT_CHARS]
        found = [{"kind": "other", "text": text or "a picture", "question": "What does the picture show?"}]
    requirements = [
        {"id": f"r{number}", "kind": one["kind"], "text": one["text"], "question": one["question"], "must": True}
        for number, one in enumerate(found[:MAX_REQUIREMENTS], start=1)
    ]
    return {"language": detect_language(prompt), "requirements": requirements}


def _list_requirements(scene: Scene) -> list[dict[str, str]]:
    has_sea = any(want.thing == "sea" for want in scene.present)
    found = []
    for want in scene.present:
        if not _is_implied(want, scene):
            found.append(_presence_requirement(want, is_on_sea=want.thing == "ice" and has_sea))
        if want.place:
            found.append(_place_requirement(want, want.place))
    found += [_relation_requirement(relation, scene) for relation in scene.relations]
    return found + [_absence_requirement(want) for want in scene.absent]


def _is_implied(want: Want, scene: Scene) -> bool:
    """Return whether a more special thing of the scene implies this one: a full moon implies a moon."""
    return want.colour is None and any(things()[other.thing].is_a == want.thing for other in scene.present)


def _presence_requirement(want: Want, *, is_on_sea: bool) -> dict[str, str]:
    thing = things()[want.thing]
    text = phrase_want(want, is_exact=want.count not in (None, 1), with_place=False) + (
        " on the sea" if is_on_sea else ""
    )
    if want.lettering:
        return {"kind": "text", "text": text, "question": "What is written in the picture?"}
    if want.count is not None:
        return {"kind": "count", "text": text, "question": f"How many {name_want(want, plural=True)} are there?"}
    if want.colour is not None:
        return {"kind": "color", "text": text, "question": f"What colours do the {thing.plural} have?"}
    return {"kind": thing.kind, "text": text, "question": thing.question}


def _place_requirement(want: Want, place: str) -> dict[str, str]:
    name, verb = name_want(want), "are" if is_plural(want) else "is"
    text = f"the {name} {verb} {place_phrase(place)}"
    return {"kind": "position", "text": text, "question": f"Where {verb} the {name}?"}


def _relation_requirement(relation: Relation, scene: Scene) -> dict[str, str]:
    first, second = (name_want(find_want(key, scene)) for key in (relation.subject, relation.object))
    question = f"How do the {first} and the {second} stand to each other?"
    return {"kind": "position", "text": phrase_relation(relation, scene), "question": question}


def _absence_requirement(want: Want) -> dict[str, str]:
    name = name_want(want, plural=True)
    return {"kind": "absence", "text": f"no {name}", "question": f"How many {name} are there?"}
