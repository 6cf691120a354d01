"""The stand-in's answer to `record_coverage`: which requirements a wording leaves out, by the words it knows."""

from typing import Any

from standin.scenes.language.reading import read
from standin.scenes.language.scene import Scene, Wanted
from standin.scenes.language.vocabulary import things


def coverage(data: dict[str, Any]) -> dict[str, Any]:
    """The input of `record_coverage`. A requirement in words that the stand-in does not know counts as covered."""
    worded = read(str(data.get("prompt") or ""))
    ruled_out = read(str(data.get("negative_prompt") or ""))
    requirements = [item for item in data.get("requirements") or [] if isinstance(item, dict)]
    missing = [item.get("id") for item in requirements if not _covers(worded, ruled_out, str(item.get("text") or ""))]
    return {"missing": [name for name in missing if isinstance(name, str)]}


def _covers(worded: Scene, ruled_out: Scene, text: str) -> bool:
    asked = read(text)
    kept_out = {want.thing for want in (*ruled_out.wants, *worded.absent)}
    named = {want.thing for want in worded.present}
    return all(any(_says(want, other) for other in worded.present) for want in asked.present) and all(
        want.thing in kept_out or want.thing not in named for want in asked.absent
    )


def _says(asked: Wanted, worded: Wanted) -> bool:
    """Whether a want of the wording is the one asked for, in the number and colour asked for."""
    is_kind = asked.thing in (worded.thing, things()[worded.thing].is_a)
    return is_kind and asked.colour in (None, worded.colour) and asked.count in (None, worded.count)
