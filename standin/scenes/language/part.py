"""The parts of a text, and the rules for those that the painter can paint and the judge can check."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from standin.scenes.language.scene import Want
from standin.scenes.language.vocabulary import things

MAX_COUNT = 12
_MAX_COUNTS = {"house": 6, "car": 6, "tree": 8, "bridge": 1}
"""Of more than these, or of two more by mistake, the painter hides some, and the judge miscounts."""
WATERS = {"sea", "lake", "river"}
NIGHT_ONLY = frozenset({"stars", "meteors", "aurora"})
LANDS = {"snow", "meadow", "sand"}
BACKGROUND_COLOURS = frozenset({"white", "grey", "black", "red", "green", "blue", "yellow"})
"""The colours of a background that does not look like a sky to the judge."""
_DISCS = frozenset({"moon", "full moon", "crescent moon", "sun"})
_SIDES = frozenset({"left", "right", "middle"})


@dataclass
class Mention:
    """One noun phrase."""

    want: Want
    start: int
    end: int
    is_definite: bool = False
    """Whether it may repeat an earlier mention: "the house"."""
    is_plural: bool = False

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
    lead: str = ""
    """The kinds of the tokens of a place before its thing, with the comma: "on the left, a house". Empty: none, or a time."""

    def link(self, subject: Mention, kind: str, other: Mention) -> bool:
        """Add how a thing stands to another. Return whether the painter can paint it."""
        relation = link(subject, kind, other)
        if relation:
            self.relations.append((subject, relation, other))
        return relation is not None

    @property
    def has_place(self) -> bool:
        """Whether a place before an earlier thing of the sentence does not matter here."""
        is_placed = bool(self.lead or self.relations) or any(mention.want.place for mention in self.mentions)
        is_everywhere = all(mention.group in ("time", "backdrop") for mention in self.mentions)
        return is_placed or is_everywhere or self.is_negation

    def keep_drawable(self) -> None:
        """Drop the mentions that cannot be painted and checked. Then the part is unread."""
        for mention in self.mentions:
            mention.want = _drop_own_colour(mention.want)
        kept = [mention for mention in self.mentions if is_drawable(mention)]
        self.is_unread = self.is_unread or len(kept) < len(self.mentions)
        self.mentions = kept
        if self.is_unread:
            # "Three boats at most" are not exactly three. "A star in the sky" is not a shape.
            self.mentions = [one for one in kept if one.want.count is None and one.want.thing != "star"]
            self.relations = []


def _drop_own_colour(want: Want) -> Want:
    """Drop a colour that the thing always has, and a place where it always is."""
    thing = things()[want.thing]
    colour = None if want.colour in thing.own_colours else want.colour
    return replace(want, colour=colour, place=None if thing.group == "sky" and want.place == "above" else want.place)


def is_excluded(one: Want, two: Want) -> bool:
    """Return whether no picture can have one of these things without the other."""
    names = {one.thing, two.thing}
    if names in ({"snow", "snowy mountain"}, {"tree", "forest"}):
        return True
    are_alike = len(names) == 1 or things()[one.thing].is_a == two.thing or things()[two.thing].is_a == one.thing
    return are_alike and (None in (one.colour, two.colour) or one.colour == two.colour)


def are_in_conflict(first: Mention, second: Mention) -> bool:
    """Return whether one picture cannot have both, or the painter does not paint both, or nobody knows if they are two."""
    one, two = first.want, second.want
    are_alike = one.thing in (two.thing, things()[two.thing].is_a) or two.thing == things()[one.thing].is_a
    if one.is_absent or two.is_absent:
        return one.is_absent != two.is_absent and is_excluded(one, two)
    if one.key == two.key:
        return first.group != "time" and not _is_repeated(first, second)
    if are_alike:
        # "A circle and a red circle" may be two or one; "a red circle and a blue circle" are two.
        are_two = one.thing == two.thing and None not in (one.colour, two.colour)
        return not (are_two or one.is_emphasized or (one.thing != two.thing and second.is_definite))
    names = {one.thing, two.thing}
    if "star" in names and {first.group, second.group} & {"time", "sky"}:
        # A star at night is in the sky. The painter paints a shape.
        return True
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


def _is_repeated(first: Mention, second: Mention) -> bool:
    """Return whether a second mention is about the same things as the first, such as "the house" after "a house".

    A revised prompt names a thing with strong words, and then has the original prompt: "A large red house. A red house."
    """
    one, two = first.want, second.want
    if None not in (one.place, two.place) and one.place != two.place:
        return False
    if one.is_emphasized:
        return (one.count, one.lettering) == (two.count, two.lettering) and two.place in (None, one.place)
    is_same = two.count in (None, one.count) and two.lettering in (None, one.lettering)
    return second.is_definite and is_same and first.is_plural == second.is_plural


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


_PLACED = {"shape", "object", "sign", "far", *_DISCS}
_WITH_ALL = {"time", "sky", "water", "ground", "far", "object", "sign"}


class _Shown(NamedTuple):
    """Two things that every picture shows in these relations, by the tags of the things."""

    relations: set[str]
    firsts: set[str]
    seconds: set[str]


_SHOWN = (
    _Shown({"below", "at", "by", "during"}, {"any"}, {"time"}),
    _Shown({"in"}, {"sky", "picture"}, {"time"}),
    _Shown({"above"}, {"time"}, {"any"}),
    _Shown({"above"}, {"sky"}, {"water", "ground"}),
    _Shown({"above"}, {"high"}, {"far"}),
    _Shown({"below"}, {"picture"}, {"sky"}),
    _Shown({"with"}, {"time", "ground"}, _WITH_ALL),
    _Shown({"with"}, {"backdrop"}, {"shape", "sign"}),
    _Shown({"on", "against"}, {"shape", "sign"}, {"backdrop"}),
    _Shown({"behind"}, {"far"}, {"ground", "object", "sign"}),
    _Shown({"behind"}, {"mountain", "snowy mountain"}, {"forest"}),
    _Shown({"in front of"}, {"ground", "object", "sign"}, {"far"}),
    _Shown({"in front of"}, {"forest"}, {"mountain", "snowy mountain"}),
    _Shown({"on", "in", "at"}, {"boat", "ice"}, WATERS),
    _Shown({"across", "above"}, {"bridge"}, WATERS),
    _Shown({"on", "in", "at"}, {"ashore", "picture"}, LANDS),
)


def link(subject: Mention | None, kind: str, other: Mention) -> str | None:
    """Return how the picture shows that a subject is, say, `left of` another thing.

    Returns:
        The kind of a relation that can fail, "" for one that every picture with both things shows, or None for one that
        the painter does not paint. `subject` None: the whole picture ("at night").
    """
    first, second = _tags(subject), _tags(other)
    if kind in ("left of", "right of"):
        return kind if first & _PLACED and second & _PLACED else None
    if kind in ("above", "below") and "shape" in first & second:
        return kind
    if any(kind in row.relations and row.firsts & first and row.seconds & second for row in _SHOWN):
        return ""
    return link(other, "above", subject) if kind == "below" and subject else None


def _tags(mention: Mention | None) -> set[str]:
    """Return the tags of a thing: its name, its group, and where the layout puts it. None: the whole picture."""
    if mention is None:
        return {"any", "picture"}
    tags = {"any", mention.want.thing, mention.group}
    if mention.group in ("object", "sign") and not tags & {"boat", "bridge"}:
        # It stands on land, and on the shore of a water.
        tags.add("ashore")
    if mention.group == "sky" and mention.want.thing != "birds":
        tags.add("high")
    return tags
