"""What a text asks of a picture, as far as the stand-in understands it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One sort of thing, asked for or ruled out."""

    thing: str
    """Its key in the vocabulary: "snowy mountain"."""
    count: int | None = None
    """Exactly how many; None: at least one."""
    colour: str | None = None
    place: str | None = None
    """`left`, `right`, `middle`, `above`, `below` or `foreground`."""
    lettering: str | None = None
    """What is written on it, in capitals (signs only)."""
    is_absent: bool = False
    is_plain: bool = False
    """Whether it is named in plain, strong words: "large and clearly visible"."""

    @property
    def key(self) -> tuple[str, str | None]:
        """Two wants with one key are about the same thing."""
        return (self.thing, self.colour)


@dataclass(frozen=True)
class Relation:
    """Where one thing stands to another: subject `left of`, `right of`, `above` or `below` object (keys of wants)."""

    subject: tuple[str, str | None]
    kind: str
    object: tuple[str, str | None]


@dataclass(frozen=True)
class Scene:
    """Everything one text asks for, in the order it is named."""

    wants: tuple[Wanted, ...] = ()
    relations: tuple[Relation, ...] = ()
    starts_known: bool = True
    """Whether the text's first noun phrase names something of the vocabulary (English only, else true)."""
    language: str = field(default="en", compare=False)

    @property
    def present(self) -> tuple[Wanted, ...]:
        """The things asked for."""
        return tuple(want for want in self.wants if not want.is_absent)

    @property
    def absent(self) -> tuple[Wanted, ...]:
        """The things ruled out."""
        return tuple(want for want in self.wants if want.is_absent)


def merged(wants: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """One want for each thing and colour: a later mention fills in what an earlier one left open."""
    found: dict[tuple[str, str | None, bool], Wanted] = {}
    for want in wants:
        key = (*want.key, want.is_absent)
        earlier = found.get(key)
        found[key] = want if earlier is None else _filled_in(earlier, want)
    return tuple(found.values())


def _filled_in(earlier: Wanted, later: Wanted) -> Wanted:
    return replace(
        earlier,
        count=earlier.count or later.count,
        place=earlier.place or later.place,
        lettering=earlier.lettering or later.lettering,
        is_plain=earlier.is_plain or later.is_plain,
    )
