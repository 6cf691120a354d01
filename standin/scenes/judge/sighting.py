"""What the judge saw in one picture."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One thing; its place as shares of the picture, from the left and from the top."""

    thing: str
    x: float = 0.5
    y: float = 0.5
    foot: float = 0.5
    """Where it ends below."""
    colour: str | None = None
    lettering: str | None = None


@dataclass(frozen=True)
class Sighting:
    """Everything seen in a picture."""

    time: str | None
    """`night`, `day` or `sunset`; None where there is no sky."""
    seen: tuple[Seen, ...] = field(default=())

    def all_of(self, *things: str) -> tuple[Seen, ...]:
        """Every thing seen that goes by one of these names."""
        return tuple(one for one in self.seen if one.thing in things)
