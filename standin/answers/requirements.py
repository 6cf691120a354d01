"""The answer to `record_requirements`: the checkable requirements of a prompt.

Every word of the prompt is in a requirement. What the stand-in does not fully understand is a requirement in the prompt's
own words, for which the judge answers that it cannot tell.
"""

import textwrap
from typing import Any

from standin.scenes.language.parse_scene import parse_excluded, parse_scene
from standin.scenes.language.part import is_excluded
from standin.scenes.language.phrases import find_want, is_plural, name_want, phrase_place, phrase_relation, phrase_want
from standin.scenes.language.scene import Relation, Scene, Want
from standin.scenes.language.vocabulary import things

MAX_REQUIREMENTS = 40
MAX_TEXT_CHARS = 300


def derive_requirements(data: dict[str, Any]) -> dict[str, Any]:
    """Return the input of `record_requirements` for `{"prompt", "negative_prompt", "max_requirements"}`."""
    most = int(data.get("max_requirements") or MAX_REQUIREMENTS)
    scene = parse_scene(str(data.get("prompt") or ""))
    excluded = parse_excluded(str(data.get("negative_prompt") or ""))
    found = _list_requirements(scene)
    for want in excluded.wants:
        if want.key in {one.key for one in scene.absent}:
            continue
        is_asked_for = any(is_excluded(one, want) for one in scene.present)
        # "A car" with the negative prompt "cars": nobody can tell what is meant.
        found.append(
            _other_requirement(f"not in the picture: {name_want(want, plural=True)}")
            if is_asked_for
            else _absence_requirement(want)
        )
    for unread in (*scene.unread, *excluded.unread):
        found += [_other_requirement(text) for text in _split(unread.text)]
    found = found or [_other_requirement("a picture")]
    if len(found) > most:
        rest = len(found) - most + 1
        found[most - 1 :] = [_other_requirement(f"the other {rest} parts of the prompt")]
    requirements = [
        {"id": f"r{number}", "kind": one["kind"], "text": one["text"], "question": one["question"], "must": True}
        for number, one in enumerate(found, start=1)
    ]
    return {"language": scene.language, "requirements": requirements}


def _split(text: str) -> list[str]:
    """Split a long text. An ellipsis marks a text that would be understood without what stood around it."""
    pieces = textwrap.wrap(text, MAX_TEXT_CHARS - 2) or [text]
    return [piece if len(pieces) == 1 and parse_scene(piece).unread else f"{piece} …" for piece in pieces]


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
    question = f"Where {'are' if is_plural(want) else 'is'} the {name_want(want)}?"
    return {"kind": "position", "text": phrase_place(want, place), "question": question}


def _relation_requirement(relation: Relation, scene: Scene) -> dict[str, str]:
    first, second = (name_want(find_want(key, scene)) for key in (relation.subject, relation.object))
    question = f"How do the {first} and the {second} stand to each other?"
    return {"kind": "position", "text": phrase_relation(relation, scene), "question": question}


def _absence_requirement(want: Want) -> dict[str, str]:
    name = name_want(want, plural=True)
    return {"kind": "absence", "text": f"no {name}", "question": f"How many {name} are there?"}


def _other_requirement(text: str) -> dict[str, str]:
    return {"kind": "other", "text": text, "question": "What does the picture show?"}
