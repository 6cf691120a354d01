"""Where the painter goes wrong: what it was asked for against what it sets out to draw.

Two sorts of failing, as with real models (by GenEval's public labels): some things a *wording* hardly ever brings out,
whatever the seed (most often positions, then colours, seldom counts or missing things), and some go wrong in one
picture and right in the next (most often counts). Plain words and an early place in the prompt make both rarer, many
things in one prompt make both more frequent. A negation brings in what it names.
"""

import random
from dataclasses import dataclass, replace

from standin.scenes.language.scene import Relation, Scene, Wanted
from standin.scenes.language.vocabulary import colours, things

# Chance by kind of failing: for a whole wording, then for one picture.
HARD_WORDING = {"forget": 0.05, "count": 0.06, "colour": 0.12, "place": 0.30}
ONE_PICTURE = {"forget": 0.08, "count": 0.25, "colour": 0.10, "place": 0.18}
STAYS_HARD = 0.85
"""How often a hard wording fails in one picture."""
PLAIN_FACTOR = 0.2
FIRST_FACTOR = 0.5
NEGATION_DRAWS = 0.7
NEGATIVE_PROMPT_FAILS = 0.03
_FLIPPED_PLACE = {"left": "right", "right": "left", "above": "below", "below": "above", "foreground": "background"}
_FLIPPED_RELATION = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}


@dataclass(frozen=True, kw_only=True)
class Clumsiness:
    """How likely mistakes are."""

    error_rate: float | None = None
    """Chance for each thing of going wrong, in place of the built-in ones."""
    must_err: bool = False


def intended(scene: Scene, unwanted: Scene, prompt: str, rng: random.Random, clumsiness: Clumsiness) -> Scene:
    """What the painter sets out to draw: the scene with its mistakes in it, without the things ruled out."""
    failings = _Failings(len(scene.present), prompt, rng, clumsiness.error_rate)
    wants: list[Wanted] = []
    is_wrong = False
    for rank, want in enumerate(scene.present):
        drawn = _drawn(want, failings, rank, rng)
        is_wrong = is_wrong or drawn != want
        if drawn is not None:
            wants.append(drawn)
    relations = []
    for relation in scene.relations:
        is_flipped = failings.strike("place", relation.kind, _is_plain(relation, scene), 1)
        is_wrong = is_wrong or is_flipped
        relations.append(replace(relation, kind=_FLIPPED_RELATION[relation.kind]) if is_flipped else relation)
    barred = {want.thing for want in unwanted.wants}
    for want in scene.absent:
        # "no people" in a prompt brings people in; a negative prompt keeps them out.
        if want.thing not in barred and failings.strikes_at(NEGATION_DRAWS):
            wants.append(replace(want, is_absent=False))
            is_wrong = True
    for want in unwanted.present:
        asked = any(one.thing == want.thing for one in scene.present)
        if not asked and clumsiness.error_rate is None and rng.random() < NEGATIVE_PROMPT_FAILS:
            wants.append(replace(want, place=None))
    if clumsiness.must_err and not is_wrong:
        wants = _with_one_mistake(scene, wants)
    kept = {want.key for want in wants}
    return Scene(
        wants=tuple(wants), relations=tuple(one for one in relations if one.subject in kept and one.object in kept)
    )


class _Failings:
    """Decides, thing by thing, whether it goes wrong."""

    def __init__(self, things_asked: int, prompt: str, rng: random.Random, error_rate: float | None) -> None:
        self._load = min(1.0, 0.25 + 0.15 * things_asked)
        self._prompt = prompt
        self._rng = rng
        self._error_rate = error_rate

    def strike(self, kind: str, what: str, is_plain: bool, rank: int, difficulty: float = 1.0) -> bool:
        """Whether this kind of failing happens to this thing in this picture."""
        if self._error_rate is not None:
            return self._rng.random() < self._error_rate
        ease = (PLAIN_FACTOR if is_plain else 1.0) * (FIRST_FACTOR if rank == 0 else 1.0) * self._load * difficulty
        # Seeded by the wording alone: the same for every seed.
        is_hard = random.Random(f"{self._prompt}/{kind}/{what}").random() < HARD_WORDING[kind] * ease
        return self._rng.random() < (STAYS_HARD if is_hard else ONE_PICTURE[kind] * ease)

    def strikes_at(self, rate: float) -> bool:
        """Whether something of this chance happens."""
        return self._rng.random() < (rate if self._error_rate is None else self._error_rate)


def _drawn(want: Wanted, failings: _Failings, rank: int, rng: random.Random) -> Wanted | None:
    """The thing as it will be drawn; None when it is forgotten."""
    what = f"{want.thing} {want.colour}"
    if failings.strike("forget", what, want.is_plain, rank):
        return None
    drawn = want
    if want.count is not None and failings.strike("count", what, want.is_plain, rank, _count_difficulty(want.count)):
        drawn = replace(drawn, count=_miscounted(want.count, rng))
    if want.colour and things()[want.thing].is_colourable and failings.strike("colour", what, want.is_plain, rank):
        drawn = replace(drawn, colour=rng.choice([one for one in colours() if one != want.colour]))
    if want.place and failings.strike("place", what, want.is_plain, rank):
        drawn = replace(drawn, place=_FLIPPED_PLACE.get(want.place) or rng.choice(["left", "right"]))
    return drawn


def _count_difficulty(count: int) -> float:
    """One or two are seldom miscounted, many often."""
    return 0.4 if count <= 2 else min(2.5, 0.4 + 0.2 * (count - 1))


def _miscounted(count: int, rng: random.Random) -> int:
    wrong = count + rng.choice((-1, 1, 1, 2) if count > 4 else (-1, 1))
    return wrong if wrong > 0 else count + 1


def _is_plain(relation: Relation, scene: Scene) -> bool:
    return any(want.is_plain for want in scene.present if want.key in (relation.subject, relation.object))


def _with_one_mistake(scene: Scene, wants: list[Wanted]) -> list[Wanted]:
    """Forgets the last thing that is plainly there or not there; with nothing asked for, draws what was ruled out."""
    if not scene.present:
        return [*wants, *(replace(want, is_absent=False) for want in scene.absent[:1])]
    return [want for want in wants if want.key != scene.present[-1].key]
