"""Paint a labelled set with the stand-in's painter: right and wrong pictures, and a contact sheet to check the labels."""

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from retake.calibration.labels import Label, derive_labels, style_label
from retake.calibration.scenes import add_mistakes, random_scene
from retake.view.errors import BadInputError
from retake.view.progress import View
from standin.scenes.painter.draw_plan import draw_plan
from standin.scenes.painter.layout import lay_out
from standin.scenes.painter.plan import Plan

LABELLED = "labelled.jsonl"
CONTACT_SHEET = "contact-sheet.html"
# Every fifth picture also has a label about its style.
_STYLE_EVERY = 5
_ASPECTS = ((1.0, 1.0), (1.0, 2 / 3), (2 / 3, 1.0))
_PROGRESS_EVERY = 20


@dataclass(frozen=True)
class PlannedPicture:
    """A picture before it is painted, with its labels."""

    number: int
    plan: Plan
    aspect: tuple[float, float]
    """Width and height as shares of the longer side."""
    labels: tuple[Label, ...]

    @property
    def name(self) -> str:
        """The path of its file in the folder of the set."""
        return f"pictures/{self.number:03d}.png"

    def to_record(self) -> dict[str, Any]:
        """Return its line of the labelled file."""
        items = [{"id": f"r{place}", **asdict(label)} for place, label in enumerate(self.labels, 1)]
        return {"image": self.name, "requirements": items}


def plan_picture(number: int) -> PlannedPicture:
    """Return picture `number` (from 1). It is the same in every set."""
    rng = random.Random(f"labelled picture {number}")
    requested = random_scene(number, rng)
    width, height = rng.choice(_ASPECTS)
    plan = lay_out(add_mistakes(requested, rng), rng, width / height)
    labels = [*derive_labels(requested, plan)]
    if number % _STYLE_EVERY == 0:
        labels.append(style_label(asks_for_photograph=number % (2 * _STYLE_EVERY) == 0))
    return PlannedPicture(number, plan, (width, height), tuple(labels))


def paint_labelled(folder: Path, pictures: int, side_px: int, view: View) -> Path:
    """Paint the first `pictures` pictures of the set into `folder`, and return the path of the labelled file, written last.

    Raises:
        BadInputError: the folder has a labelled file already, or cannot be written to.
    """
    target = folder / LABELLED
    if target.exists():
        # Someone may have corrected its labels by hand.
        raise BadInputError(f"{target}: already exists; name another folder, or remove the file")
    try:
        (folder / "pictures").mkdir(parents=True, exist_ok=True)
        painted = [plan_picture(number) for number in range(1, pictures + 1)]
        for picture in painted:
            _paint(picture, folder, side_px)
            view.step(f"painting: {picture.number} of {pictures}")
            if picture.number % _PROGRESS_EVERY == 0:
                view.line(f"{picture.number} of {pictures} painted")
        (folder / CONTACT_SHEET).write_text(_contact_sheet(painted), encoding="utf-8")
        lines = (json.dumps(picture.to_record(), ensure_ascii=False) for picture in painted)
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"{error.filename or folder}: cannot be written ({error.strerror or error})") from None
    return target


def _paint(picture: PlannedPicture, folder: Path, side_px: int) -> None:
    width_px, height_px = (round(share * side_px) for share in picture.aspect)
    rng = random.Random(f"strokes of picture {picture.number}")
    draw_plan(picture.plan, rng, width_px, height_px).save(folder / picture.name)


def _contact_sheet(pictures: list[PlannedPicture]) -> str:
    from jinja2 import Environment, StrictUndefined

    template = (Path(__file__).parent / "contact-sheet.jinja.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template).render(pictures=pictures)
