"""Derive the labels of a painted picture from its plan, without looking at the pixels."""

from collections.abc import Iterator
from dataclasses import dataclass

from standin.scenes.language.phrases import find_want, is_plural, name_want, phrase_place, phrase_relation, phrase_want
from standin.scenes.language.scene import Relation, Scene, Want
from standin.scenes.language.vocabulary import things
from standin.scenes.painter.plan import Item, Plan


@dataclass(frozen=True)
class Label:
    """One requirement, and whether the picture meets it."""

    kind: str
    text: str
    question: str
    met: bool


def derive_labels(requested: Scene, plan: Plan) -> Iterator[Label]:
    """Yield a label for everything that the scene requests: whether the plan has it."""
    for want in requested.present:
        yield _presence(want, plan)
        if want.place:
            yield _position(want, want.place, plan)
    for relation in requested.relations:
        yield _relation(relation, requested, plan)
    for want in requested.absent:
        name = name_want(want, plural=True)
        yield Label("absence", f"no {name}", f"How many {name} are there?", met=not _items(want, plan))


def style_label(*, asks_for_photograph: bool) -> Label:
    """Return a label about the style. The painter only draws flat pictures, never photographs."""
    text = "a photograph" if asks_for_photograph else "a flat illustration in plain colours"
    return Label("style", text, "What sort of picture is it?", met=not asks_for_photograph)


def _presence(want: Want, plan: Plan) -> Label:
    thing = things()[want.thing]
    text = phrase_want(want, is_exact=want.count not in (None, 1), with_place=False)
    found = _items(want, plan)
    if want.lettering is not None:
        met = any(item.lettering == want.lettering for item in found)
        return Label("text", text, "What is written in the picture?", met)
    if want.count is not None:
        question = f"How many {name_want(want, plural=True)} are there?"
        return Label("count", text, question, met=len(found) == want.count)
    if want.colour is not None:
        return Label("color", text, f"What colours do the {thing.plural} have?", met=bool(found))
    if thing.group == "time":
        return Label("setting", text, thing.question, met=plan.time == want.thing)
    if thing.group == "ground":
        return Label("setting", text, thing.question, met=want.thing in plan.grounds)
    return Label("object", text, thing.question, met=bool(found))


def _position(want: Want, place: str, plan: Plan) -> Label:
    found = _items(want, plan)
    along = [item.x if place in ("left", "right") else item.y for item in found]
    is_there = max(along, default=1.0) < 0.5 if place in ("left", "above") else min(along, default=0.0) > 0.5
    is_there = is_there and want.count in (None, len(found))
    question = f"Where {'are' if is_plural(want) else 'is'} the {name_want(want)}?"
    return Label("position", phrase_place(want, place), question, is_there)


def _relation(relation: Relation, requested: Scene, plan: Plan) -> Label:
    subject, other = find_want(relation.subject, requested), find_want(relation.object, requested)
    first, second = _items(subject, plan), _items(other, plan)
    are_all_there = subject.count in (None, len(first)) and other.count in (None, len(second))
    if relation.kind in ("right of", "below"):
        first, second = second, first
    is_sideways = relation.kind.endswith(" of")
    before = [item.x if is_sideways else item.y for item in first]
    after = [item.x if is_sideways else item.y for item in second]
    met = are_all_there and bool(before and after) and max(before) < min(after)
    question = f"How do the {name_want(subject)} and the {name_want(other)} stand to each other?"
    return Label("position", phrase_relation(relation, requested), question, met)


def _items(want: Want, plan: Plan) -> list[Item]:
    return [
        item
        for item in plan.items
        if (item.thing == want.thing or things()[item.thing].is_a == want.thing)
        and (want.colour is None or item.colour == want.colour)
    ]
