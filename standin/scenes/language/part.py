"""The parts of a text, and the rules for those that the painter can paint and the judge can check."""

from dataclasses import dataclass, field, replace

from standin.scenes.language.scene import Want
from standin.scenes.language.vocabulary import things

MAX_COUNT = 12
_MAX_COUNTS = {"house": 6, "car": 6, "tree": 8, "bridge": 2}
"""Of more than these, or of two more by mistake, the painter hides some, and the judge miscounts."""
WATERS = frozenset({"sea", "lake", "river"})
NIGHT_ONLY = frozenset({"stars", "meteors", "aurora"})
LANDS = frozenset({"snow", "meadow", "sand"})
BACKGROUND_COLOURS = frozenset({"white", "grey", "black", "red", "green", "blue", "yellow"})
"""The colours of a background that does not look like a sky to the judge."""
_DISCS = frozenset({"moon", "full moon", "crescent moon", "sun"})
_SIDES = frozenset({"left", "right", "middle"})
_BESIDE = frozenset({"by", "beside", "near", "next to", "at"})


@dataclass
class Mention:
    """One noun phrase."""

    want: Want
    start: int
    end: int
    is_definite: bool = False
    """Whether it may repeat an earlier mention: "the house"."""
    is_plural: bool = False
    has_size: bool = False
    """Whether it has words like "large", which are never checked."""

    @property
    def group(self) -> str:
        """The group of its thing."""
        return things()[self.want.thing].group


@dataclass
class Part:
    """One clause: what it asks for, and whether that is all of it."""

    start: int
    end: int = 0
    mentions: list[Mention] = field(default_factory=list)
    relations: list[tuple[Mention, str, Mention]] = field(default_factory=list)
    is_unread: bool = False
    is_negation: bool = False
    named: frozenset[str] = frozenset()
    """In an unread sentence with a negation: the things that it names."""

    def keep_drawable(self) -> None:
        """Drop the mentions that cannot be painted and checked. Then the part is unread."""
        for mention in self.mentions:
            mention.want = _drop_own_colour(mention.want)
        kept = [mention for mention in self.mentions if is_drawable(mention)]
        self.is_unread = self.is_unread or len(kept) < len(self.mentions)
        self.mentions = kept
        if self.is_unread:
            self.relations = []


def _drop_own_colour(want: Want) -> Want:
    """Drop a colour that the thing always has, and a place where it always is."""
    thing = things()[want.thing]
    if want.thing == "stars" and (want.count or (want.colour and want.colour not in thing.own_colours)):
        # "stars" with a count or a colour are shapes, not stars in the sky.
        return replace(want, thing="star")
    colour = None if want.colour in thing.own_colours else want.colour
    return replace(want, colour=colour, place=None if thing.group == "sky" and want.place == "above" else want.place)


def are_in_conflict(first: Mention, second: Mention, *, in_one_sentence: bool) -> bool:
    """Return whether one picture cannot have both, or the painter does not paint both, or nobody knows if they are two."""
    one, two = first.want, second.want
    are_alike = one.thing in (two.thing, things()[two.thing].is_a) or two.thing == things()[one.thing].is_a
    if one.is_absent or two.is_absent:
        is_snow = {one.thing, two.thing} == {"snow", "snowy mountain"}
        has_colour = None in (one.colour, two.colour) or one.colour == two.colour
        return one.is_absent != two.is_absent and (is_snow or (are_alike and has_colour))
    if one.key == two.key:
        differ = any(
            None not in pair and pair[0] != pair[1]
            for pair in ((one.count, two.count), (one.place, two.place), (one.lettering, two.lettering))
        )
        return differ or (in_one_sentence and not second.is_definite)
    if are_alike:
        general = first if (one.colour is None and one.thing != two.thing) or two.colour else second
        return (
            one.colour != two.colour
            and None in (one.colour, two.colour)
            and (one.count is not None or two.count is not None or (in_one_sentence and not general.is_definite))
        ) or (one.thing != two.thing and in_one_sentence and not (first.is_definite or second.is_definite))
    names = {one.thing, two.thing}
    if "background" in names:
        return bool({first.group, second.group} - {"backdrop", "shape", "sign"})
    are_peaks = {"mountain", "snowy mountain"} >= names
    return (
        (first.group == second.group == "time")
        or names <= WATERS
        or names <= LANDS
        or (bool(names & NIGHT_ONLY) and bool(names & {"day", "sunset"}))
        or (are_peaks and {one.place, two.place} not in ({None}, {"left", "right"}))
    )


def is_drawable(mention: Mention) -> bool:
    """Return whether the painter paints every attribute, so that the judge can check it."""
    want, thing = mention.want, things()[mention.want.thing]
    if want.is_absent:
        return want.colour is None or thing.is_colourable
    if thing.group == "backdrop":
        return want.colour in BACKGROUND_COLOURS and want.count is None and want.place is None
    if want.colour is not None and not thing.is_colourable:
        return False
    if want.count is not None and not (thing.is_countable and want.count <= _MAX_COUNTS.get(want.thing, MAX_COUNT)):
        return False
    # Nobody knows how many "houses" are.
    if mention.is_plural and want.count is None and not thing.is_plural and want.thing not in ("aurora", "ice"):
        return False
    return want.place is None or want.place in _places(want.thing)


def _places(name: str) -> frozenset[str]:
    """Return the places where the painter puts a thing on request."""
    group = things()[name].group
    if group == "shape":
        return _SIDES | {"above", "below", "foreground"}
    if group in ("object", "sign"):
        return _SIDES | {"foreground"}
    if name == "forest":
        return frozenset({"left", "right"})
    return _SIDES if group == "far" or name in _DISCS else frozenset()


def link(subject: Mention | None, kind: str, other: Mention) -> str | None:
    """Return how the picture shows that a subject is, say, `left of` another thing.

    Returns:
        The kind of a relation that can fail, "" for one that every picture with both things shows, or None for one that
        the painter does not paint. `subject` None: the whole picture ("at night").
    """
    group = subject.group if subject else ""
    name = subject.want.thing if subject else ""
    if kind in ("left of", "right of"):
        return kind if _is_placed(group, name) and _is_placed(other.group, other.want.thing) else None
    if kind in ("above", "below"):
        if group == other.group == "shape":
            return kind
        upper, lower = (subject, other) if kind == "above" else (other, subject)
        if (other.group == "time" and kind == "below") or (group == "time" and kind == "above"):
            return ""
        return "" if upper and upper.group == "sky" and _is_under_sky(upper, lower) else _bridge(name, kind, other)
    return "" if _is_shown(group, name, kind, other) else None


def _is_placed(group: str, name: str) -> bool:
    return group in ("shape", "object", "sign", "far") or name in _DISCS


def _is_under_sky(upper: Mention, lower: Mention | None) -> bool:
    # Birds fly as low as the mountains.
    groups = {"water", "ground", "object", "sign"} | ({"far"} if upper.want.thing != "birds" else set())
    return lower is None or lower.group in groups


def _bridge(name: str, kind: str, other: Mention) -> str | None:
    return "" if name == "bridge" and kind == "above" and other.want.thing in WATERS else None


def _is_shown(group: str, name: str, preposition: str, other: Mention) -> bool:
    """Return whether the layout always puts a thing so: a boat on the sea, a mountain behind a lake."""
    thing = other.want.thing
    if preposition == "with":
        return group in ("time", "ground", "far", "sky") and other.group not in ("shape", "backdrop")
    if other.group == "time":
        return preposition in ("at", "by", "during") or (preposition == "in" and group in ("sky", ""))
    if other.group == "backdrop":
        return preposition in ("on", "against", "in front of") and group in ("shape", "sign")
    if preposition == "behind":
        return (group == "far" and other.group in ("ground", "object", "sign")) or (
            "mountain" in name and thing == "forest"
        )
    if preposition == "in front of":
        return (other.group == "far" and group in ("ground", "object", "sign")) or (
            "mountain" in thing and name == "forest"
        )
    if thing in WATERS:
        if name in ("boat", "ice"):
            return preposition in ("on", "in", "at")
        if name == "bridge":
            return preposition in ("across", "over")
        return preposition in _BESIDE and group in ("object", "sign", "far", "")
    if thing in LANDS:
        return preposition in ("on", "in", "at") and group in ("object", "sign", "") and name not in ("boat", "bridge")
    return False
