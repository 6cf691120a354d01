"""The answer to `record_requirements`: the checkable requirements of a prompt.

Words outside the vocabulary are left out. A prompt without any known word becomes one requirement of kind `other`, for
which the judge answers that it cannot tell.
"""

from typing import Any

from standin.scenes.language.reading import read
from standin.scenes.language.scene import Relation, Scene, Wanted
from standin.scenes.language.tongue import language_of
from standin.scenes.language.vocabulary import things
from standin.scenes.language.writing import is_many, name_of, phrase_of, place_phrase, relation_sentence, want_of

MAX_REQUIREMENTS = 40
MAX_TEXT_CHARS = 300


def derive_requirements(data: dict[str, Any]) -> dict[str, Any]:
    """Return the input of `record_requirements` for `{"prompt", "negative_prompt"}`."""
    prompt = str(data.get("prompt") or "")
    scene = read(prompt)
    found = _list_requirements(scene)
    named = {want.thing for want in scene.wants}
    excluded = read(str(data.get("negative_prompt") or "")).wants
    found += [_absence_requirement(want) for want in excluded if want.thing not in named]
    if not found:
        text = " ".join(prompt.split())[:MAX_TEXT_CHARS]
        found = [{"kind": "other", "text": text or "a picture", "question": "What does the picture show?"}]
    requirements = [
        {"id": f"r{number}", "kind": one["kind"], "text": one["text"], "question": one["question"], "must": True}
        for number, one in enumerate(found[:MAX_REQUIREMENTS], start=1)
    ]
    return {"language": language_of(prompt), "requirements": requirements}


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


def _is_implied(want: Wanted, scene: Scene) -> bool:
    """Return whether a more special thing of the scene implies this one: a full moon implies a moon."""
    return want.colour is None and any(things()[other.thing].is_a == want.thing for other in scene.present)


def _presence_requirement(want: Wanted, *, is_on_sea: bool) -> dict[str, str]:
    thing = things()[want.thing]
    text = phrase_of(want, is_exact=want.count not in (None, 1), with_place=False) + (
        " on the sea" if is_on_sea else ""
    )
    if want.lettering:
        return {"kind": "text", "text": text, "question": "What is written in the picture?"}
    if want.count is not None:
        return {"kind": "count", "text": text, "question": f"How many {name_of(want, many=True)} are there?"}
    if want.colour is not None:
        return {"kind": "color", "text": text, "question": f"What colours do the {thing.many} have?"}
    return {"kind": thing.kind, "text": text, "question": thing.question}


def _place_requirement(want: Wanted, place: str) -> dict[str, str]:
    name, verb = name_of(want), "are" if is_many(want) else "is"
    text = f"the {name} {verb} {place_phrase(place)}"
    return {"kind": "position", "text": text, "question": f"Where {verb} the {name}?"}


def _relation_requirement(relation: Relation, scene: Scene) -> dict[str, str]:
    first, second = (name_of(want_of(key, scene)) for key in (relation.subject, relation.object))
    question = f"How do the {first} and the {second} stand to each other?"
    return {"kind": "position", "text": relation_sentence(relation, scene), "question": question}


def _absence_requirement(want: Wanted) -> dict[str, str]:
    name = name_of(want, many=True)
    return {"kind": "absence", "text": f"no {name}", "question": f"How many {name} are there?"}
