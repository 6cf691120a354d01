"""The painter's mistakes: a scene as it was asked for becomes a scene as it will be drawn.

As real models do (by the published GenEval results), the painter fails in two ways. Some things fail for almost every
seed of one prompt: most often places, then colours, seldom counts or missing things. Others fail in one picture and not
in the next: most often counts. Strong words and the first place in the prompt make both rarer. Many things in one
prompt make both more frequent. A negation often draws the thing that it names.
"""

import random
from dataclasses import dataclass, replace

from standin.scenes.language.scene import Relation, Scene, Want
from standin.scenes.language.vocabulary import colours, things

PROMPT_RATES = {"forget": 0.05, "count": 0.06, "colour": 0.12, "place": 0.30}
"""Chance of a persistent mistake: one that a prompt has for almost every seed."""
PERSISTENT_RATE = 0.85
"""Chance that a persistent mistake happens in one picture."""
PICTURE_RATES = {"forget": 0.08, "count": 0.25, "colour": 0.10, "place": 0.18}
"""Chance of a mistake in one picture when it is not persistent."""
EMPHASIS_FACTOR = 0.2
FIRST_THING_FACTOR = 0.5
NEGATION_DRAWN_RATE = 0.7
"""Chance that a negated thing is drawn."""
EXCLUDED_DRAWN_RATE = 0.03
"""Chance that a thing of the negative prompt is drawn."""
_FLIPPED_PLACE = {"left": "right", "right": "left", "above": "below", "below": "above", "foreground": "background"}
_FLIPPED_RELATION = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}


@dataclass(frozen=True, kw_only=True)
class MistakeSettings:
    """How often the painter makes mistakes."""

    error_rate: float | None = None
    """Chance of each mistake. None: the rates of this module."""
    must_fail: bool = False
    """Whether at least one mistake is certain."""


def add_mistakes(scene: Scene, excluded: Scene, prompt: str, rng: random.Random, settings: MistakeSettings) -> Scene:
    """Return the scene to draw. `excluded`: the things of the negative prompt, which are left out."""
    dice = _MistakeDice(len(scene.present), prompt, rng, settings.error_rate)
    wants: list[Want] = []
    has_mistake = False
    for rank, want in enumerate(scene.present):
        drawn = _distort(want, dice, rank, rng)
        has_mistake = has_mistake or drawn != want
        if drawn is not None:
            wants.append(drawn)
    relations = []
    for relation in scene.relations:
        is_flipped = dice.roll("place", relation.kind, _is_emphasized(relation, scene), 1)
        has_mistake = has_mistake or is_flipped
        relations.append(replace(relation, kind=_FLIPPED_RELATION[relation.kind]) if is_flipped else relation)
    excluded_things = {want.thing for want in excluded.wants}
    for want in scene.absent:
        # A negation in the prompt ("no people") draws the thing; the negative prompt keeps it out.
        if want.thing not in excluded_things and dice.roll_rate(NEGATION_DRAWN_RATE):
            wants.append(replace(want, is_absent=False))
            has_mistake = True
    for want in excluded.wants:
        is_asked = any(one.thing == want.thing for one in scene.present)
        if not is_asked and settings.error_rate is None and rng.random() < EXCLUDED_DRAWN_RATE:
            wants.append(replace(want, is_absent=False))
    if settings.must_fail and not has_mistake:
        wants = _force_mistake(scene, wants)
    kept = {want.key for want in wants}
    return Scene(
        wants=tuple(wants), relations=tuple(one for one in relations if one.subject in kept and one.object in kept)
    )


class _MistakeDice:
    """Decides which mistakes happen."""

    def __init__(self, thing_count: int, prompt: str, rng: random.Random, error_rate: float | None) -> None:
        self._load = min(1.0, 0.25 + 0.15 * thing_count)
        self._prompt = prompt
        self._rng = rng
        self._error_rate = error_rate

    def roll(self, kind: str, subject: str, is_emphasized: bool, rank: int, difficulty: float = 1.0) -> bool:
        """Return whether a kind of mistake happens to the subject in this picture. `rank`: its place in the prompt."""
        if self._error_rate is not None:
            return self._rng.random() < self._error_rate
        factor = (EMPHASIS_FACTOR if is_emphasized else 1.0) * (FIRST_THING_FACTOR if rank == 0 else 1.0)
        factor = factor * self._load * difficulty
        # Seeded by the prompt alone: the same for every seed of the picture.
        is_persistent = random.Random(f"{self._prompt}/{kind}/{subject}").random() < PROMPT_RATES[kind] * factor
        return self._rng.random() < (PERSISTENT_RATE if is_persistent else PICTURE_RATES[kind] * factor)

    def roll_rate(self, rate: float) -> bool:
        """Return whether something with this chance happens."""
        return self._rng.random() < (rate if self._error_rate is None else self._error_rate)


def _distort(want: Want, dice: _MistakeDice, rank: int, rng: random.Random) -> Want | None:
    """Return the want as it will be drawn, or None if it is forgotten."""
    subject = f"{want.thing} {want.colour}"
    if dice.roll("forget", subject, want.is_emphasized, rank):
        return None
    drawn = want
    if want.count is not None and dice.roll("count", subject, want.is_emphasized, rank, _count_difficulty(want.count)):
        drawn = replace(drawn, count=_miscount(want.count, rng))
    if want.colour and things()[want.thing].is_colourable and dice.roll("colour", subject, want.is_emphasized, rank):
        drawn = replace(drawn, colour=rng.choice([one for one in colours() if one != want.colour]))
    if want.place and dice.roll("place", subject, want.is_emphasized, rank):
        drawn = replace(drawn, place=_FLIPPED_PLACE.get(want.place) or rng.choice(["left", "right"]))
    return drawn


def _count_difficulty(count: int) -> float:
    """Return a factor of the count rate: low for one or two things, high for many."""
    return 0.4 if count <= 2 else min(2.5, 0.4 + 0.2 * (count - 1))


def _miscount(count: int, rng: random.Random) -> int:
    wrong = count + rng.choice((-1, 1, 1, 2) if count > 4 else (-1, 1))
    return wrong if wrong > 0 else count + 1


def _is_emphasized(relation: Relation, scene: Scene) -> bool:
    return any(want.is_emphasized for want in scene.present if want.key in (relation.subject, relation.object))


def _force_mistake(scene: Scene, wants: list[Want]) -> list[Want]:
    """Leave out the last thing asked for, rather than the background. If there is none, draw the first negated thing."""
    if not scene.present:
        return [*wants, *(replace(want, is_absent=False) for want in scene.absent[:1])]
    left_out = max(scene.present, key=lambda want: (want.thing != "background", scene.present.index(want)))
    return [want for want in wants if want.key != left_out.key]
