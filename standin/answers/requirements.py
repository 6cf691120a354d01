"""The stand-in's answer to `record_requirements`: a prompt as a list of checkable things.

It keeps what the vocabulary knows and leaves out the rest. Of a prompt that it knows nothing of it makes one
requirement of kind `other`, of which the stand-in's judge will say that it cannot tell.
"""

from typing import Any

from standin.scenes.language.reading import read
from standin.scenes.language.scene import Relation, Scene, Wanted
from standin.scenes.language.tongue import language_of
from standin.scenes.language.vocabulary import things
from standin.scenes.language.writing import is_many, name_of, phrase_of, place_phrase, relation_sentence, want_of

MAX_REQUIREMENTS = 40
MAX_TEXT_CHARS = 300


def derive(data: dict[str, Any]) -> dict[str, Any]:
    """The input of `record_requirements` for `{"prompt", "negative_prompt"}`."""
    prompt = str(data.get("prompt") or "")
    scene = read(prompt)
    found = list(_from(scene))
    asked = {want.thing for want in scene.present}
    ruled_out = {want.thing for want in scene.absent}
    named = read(str(data.get("negative_prompt") or "")).wants
    found += [_absence(want) for want in named if want.thing not in asked | ruled_out]
    if not found:
        text = " ".join(prompt.split())[:MAX_TEXT_CHARS]
        found = [{"kind": "other", "text": text or "a picture", "question": "What does the picture show?"}]
    requirements = [
        {"id": f"r{number}", "kind": one["kind"], "text": one["text"], "question": one["question"], "must": True}
        for number, one in enumerate(found[:MAX_REQUIREMENTS], start=1)
    ]
    return {"language": language_of(prompt), "requirements": requirements}


def _from(scene: Scene) -> list[dict[str, str]]:
    present = {want.thing for want in scene.present}
    found = []
    for want in scene.present:
        if not _is_said_by_another(want, scene):
            found.append(_presence(want, on_sea=want.thing == "ice" and "sea" in present))
        if want.place:
            found.append(_position(want, want.place))
    found += [_relation(relation, scene) for relation in scene.relations]
    return found + [_absence(want) for want in scene.absent]


def _is_said_by_another(want: Wanted, scene: Scene) -> bool:
    """A moon beside a full moon asks for nothing more."""
    return want.colour is None and any(things()[other.thing].is_a == want.thing for other in scene.present)


def _presence(want: Wanted, *, on_sea: bool) -> dict[str, str]:
    thing = things()[want.thing]
    text = phrase_of(want, is_exact=want.count not in (None, 1), with_place=False) + (" on the sea" if on_sea else "")
    if want.lettering:
        return {"kind": "text", "text": text, "question": "What is written in the picture?"}
    if want.count is not None:
        return {"kind": "count", "text": text, "question": f"How many {name_of(want, many=True)} are there?"}
    if want.colour is not None:
        return {"kind": "color", "text": text, "question": f"What colours do the {thing.many} have?"}
    return {"kind": thing.kind, "text": text, "question": thing.question}


def _position(want: Wanted, place: str) -> dict[str, str]:
    name, verb = name_of(want), "are" if is_many(want) else "is"
    text = f"the {name} {verb} {place_phrase(place)}"
    return {"kind": "position", "text": text, "question": f"Where {verb} the {name}?"}


def _relation(relation: Relation, scene: Scene) -> dict[str, str]:
    first, second = (name_of(want_of(key, scene)) for key in (relation.subject, relation.object))
    question = f"How do the {first} and the {second} stand to each other?"
    return {"kind": "position", "text": relation_sentence(relation, scene), "question": question}


def _absence(want: Wanted) -> dict[str, str]:
    name = name_of(want, many=True)
    return {"kind": "absence", "text": f"no {name}", "question": f"How many {name} are there?"}
