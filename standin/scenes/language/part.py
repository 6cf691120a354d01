"""The parts of a text, and the rules for those that the painter can paint and the judge can check."""

from dataclasses import dataclass, field, replace

from standin.scenes.language.scene import Want
from standin.scenes.language.vocabulary import things

MAX_COUNT = 12
_MAX_COUNTS = {"house": 6, "car": 6, "tree": 8, "bridge": 1}
"""Of more than these, or of two more by mistake, the painter hides some, and the judge miscounts."""
WATERS = frozenset({"sea", "lake", "river"})
NIGHT_ONLY = frozenset({"stars", "meteors", "aurora"})
LANDS = frozenset({"snow", "meadow", "sand"})
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
    named: frozenset[str] = frozenset()
    """In an unread sentence with a negation: the things that it names."""

    def link(self, subject: Mention, kind: str, other: Mention) -> bool:
        """Add how a thing stands to another. Return whether the painter can paint it."""
        relation = link(subject, kind, other)
        if relation:
            self.relations.append((subject, relation, other))
        return relation is not None

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
        # "A circle and a red circle" may be two or one; "a red circle and a blue circle" are two.
        are_two = one.thing == two.thing and None not in (one.colour, two.colour)
        has_count = one.count is not None or two.count is not None
        return not are_two and (has_count or (in_one_sentence and not (first.is_definite or second.is_definite)))
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


_PLACED = {"shape", "object", "sign", "far", *_DISCS}
_SHOWN = tuple(
    tuple(frozenset(column.split("|")) for column in row)
    for row in (
        ("below|at|by|during", "any", "time"),
        ("in", "sky|picture", "time"),
        ("above", "time", "any"),
        ("above", "sky", "water|ground|object|sign"),
        ("above", "sky but birds", "far"),
        ("below", "picture", "sky"),
        ("with", "time|ground|sky", "time|sky|water|ground|far|object|sign"),
        ("with", "backdrop", "shape|sign"),
        ("on|against", "shape|sign", "backdrop"),
        ("behind", "far", "ground|object|sign"),
        ("behind", "mountain|snowy mountain", "forest"),
        ("in front of", "ground|object|sign", "far"),
        ("in front of", "forest", "mountain|snowy mountain"),
        ("on|in|at", "boat|ice", "sea|lake|river"),
        ("across|above", "bridge", "sea|lake|river"),
        ("by|beside|near|next to|at", "ashore|far|picture", "sea|lake|river"),
        ("on|in|at", "ashore|picture", "snow|meadow|sand"),
    )
)
"""How every picture with two things shows them: a relation, the first thing, the second one."""


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
    for kinds, subjects, others in _SHOWN:
        if kind in kinds and subjects & first and others & second:
            return ""
    return link(other, "above", subject) if kind == "below" and subject else None


def _tags(mention: Mention | None) -> set[str]:
    """Return what the table calls a thing: by its name, its group, and where the layout puts it."""
    if mention is None:
        return {"any", "picture"}
    tags = {"any", mention.want.thing, mention.group}
    if mention.group in ("object", "sign") and not tags & {"boat", "bridge"}:
        tags.add("ashore")
    return tags | ({"sky but birds"} if mention.group == "sky" and mention.want.thing != "birds" else set())
