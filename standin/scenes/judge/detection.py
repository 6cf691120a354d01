"""The things that the judge detects in one image."""

from dataclasses import dataclass
from typing import Self

from standin.scenes.judge.components import Component
from standin.scenes.judge.extents import whole_box
from standin.scenes.judge.hsv_image import HsvImage


@dataclass(frozen=True, kw_only=True)
class Detection:
    """One detected thing. Places are shares of the image, from the left and from the top."""

    thing: str
    x: float = 0.5
    """Its centre."""
    y: float = 0.5
    foot: float = 0.5
    """Its lower end."""
    colour: str | None = None
    lettering: str | None = None
    box: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom of the whole thing, roughly. None: it has no place of its own, such as a sea."""

    @classmethod
    def at(
        cls,
        component: Component,
        image: HsvImage,
        thing: str,
        *,
        foot_px: float | None = None,
        colour: str | None = None,
        lettering: str | None = None,
    ) -> Self:
        """Return a detection at the place of a component. `foot_px`: default is the component's bottom."""
        x_px, y_px = component.center
        foot_px = component.bottom if foot_px is None else foot_px
        return cls(
            thing=thing,
            x=x_px / image.width_px,
            y=y_px / image.height_px,
            foot=min(1.0, foot_px / image.height_px),
            colour=colour,
            lettering=lettering,
            box=whole_box(component, image, thing),
        )


@dataclass(frozen=True)
class Detections:
    """Everything detected in one image."""

    time: str | None
    """`night`, `day` or `sunset`. None: no sky."""
    found: tuple[Detection, ...] = ()

    def of(self, *things: str) -> tuple[Detection, ...]:
        """Return the detections of any of these things."""
        return tuple(one for one in self.found if one.thing in things)
