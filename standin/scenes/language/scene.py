"""A scene: the known things that a text asks for, and the relations between them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class Want:
    """One kind of thing that a text asks for or excludes."""

    thing: str
    """Its key in the vocabulary, such as "snowy mountain"."""
    count: int | None = None
    """The exact number. None: at least one."""
    colour: str | None = None
    place: str | None = None
    """`left`, `right`, `middle`, `above`, `below` or `foreground`."""
    lettering: str | None = None
    """The text on a sign, in capitals."""
    is_absent: bool = False
    """Whether the text excludes it: "no people"."""
    is_emphasized: bool = False
    """Whether it is named with strong words, such as "large and clearly visible"."""

    @property
    def key(self) -> tuple[str, str | None]:
        """Thing and colour. Wants with the same key are about the same thing."""
        return (self.thing, self.colour)


@dataclass(frozen=True)
class Relation:
    """The place of one thing relative to another: subject `left of`, `right of`, `above` or `below` object.

    Subject and object are keys of wants.
    """

    subject: tuple[str, str | None]
    kind: str
    object: tuple[str, str | None]


@dataclass(frozen=True)
class Unread:
    """A part of a text that the stand-in does not fully understand, in the text's own words."""

    text: str
    words: tuple[str, ...] = ()
    """The unknown words in it. Empty: every word is known, but not what they mean together."""
    is_emphasis: bool = field(default=False, compare=False)
    """Whether only strong words make it unread, in the form in which the reviser adds them."""


@dataclass(frozen=True)
class Scene:
    """Everything that one text asks for or excludes, in the order of the text."""

    wants: tuple[Want, ...] = ()
    relations: tuple[Relation, ...] = ()
    unread: tuple[Unread, ...] = ()
    """The parts that are not, or not fully, covered by the wants and relations. Empty: the whole text is understood."""
    negations: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    """Start and end of each negation that is understood: "no people or cars"."""
    language: str = field(default="en", compare=False)

    @property
    def is_understood(self) -> bool:
        """Whether every part is read, apart from the reviser's strong words."""
        return all(unread.is_emphasis for unread in self.unread)

    @property
    def present(self) -> tuple[Want, ...]:
        """The wants that are asked for."""
        return tuple(want for want in self.wants if not want.is_absent)

    @property
    def absent(self) -> tuple[Want, ...]:
        """The wants that are excluded."""
        return tuple(want for want in self.wants if want.is_absent)


def merge_wants(wants: Iterable[Want]) -> tuple[Want, ...]:
    """Merge the wants with the same key. An earlier mention has priority; a later one fills its gaps."""
    found: dict[tuple[str, str | None, bool], Want] = {}
    for want in wants:
        key = (*want.key, want.is_absent)
        earlier = found.get(key)
        found[key] = want if earlier is None else _fill_gaps(earlier, want)
    return tuple(found.values())


def _fill_gaps(earlier: Want, later: Want) -> Want:
    return replace(
        earlier,
        count=earlier.count or later.count,
        place=earlier.place or later.place,
        lettering=earlier.lettering or later.lettering,
        is_emphasized=earlier.is_emphasized or later.is_emphasized,
    )
