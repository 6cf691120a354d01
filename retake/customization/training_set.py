"""A checked training set: its records, what was left out and why, and the manifest."""

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from retake.customization import limits
from retake.customization.candidate import Candidate, Found, Refused
from retake.customization.check import Picture, check
from retake.customization.subject import subject_warnings
from retake.customization.variety import variety_warnings
from retake.view.errors import BadInputError

MANIFEST = "train.jsonl"
IMAGES = "images"
_READERS = 4


@dataclass(frozen=True)
class TrainingSet:
    """The pictures of a set in the order of their names, those that were left out, and warnings about the whole."""

    pictures: list[Picture]
    refused: list[Refused]
    warnings: list[str]

    @property
    def digest(self) -> str:
        """The identity of the set: the same pictures with the same captions have the same."""
        return hashlib.sha256(self.manifest("")).hexdigest()

    def manifest(self, place: str) -> bytes:
        """Return the JSON lines that the service reads. `place` stands before the name of each picture."""
        lines = (
            {"image-ref": f"{place}{IMAGES}/{picture.file_name}", "caption": picture.candidate.caption}
            for picture in self.pictures
        )
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def build_training_set(found: Found, subject: str | None) -> TrainingSet:
    """Check every picture, and the set as a whole.

    subject: see `subject_warnings`.

    Raises:
        BadInputError: the set has too few or too many pictures. The reasons for each refused picture are its `refused`.
    """
    candidates = [one for one in found if isinstance(one, Candidate)]
    with ThreadPoolExecutor(_READERS) as readers:
        checked = list(readers.map(check, candidates))
    pictures: dict[str, Picture] = {}
    refused = [one for one in found if isinstance(one, Refused)]
    for one in checked:
        if isinstance(one, Refused):
            refused.append(one)
        elif one.sha256 in pictures:
            refused.append(Refused(one.candidate.name, f"is the same file as {pictures[one.sha256].candidate.name}"))
        else:
            pictures[one.sha256] = one
    kept = list(pictures.values())
    return TrainingSet(kept, sorted(refused, key=lambda one: one.name), list(_warnings(kept, subject)))


def require_size(count: int) -> None:
    """Check the number of records of a set.

    Raises:
        BadInputError: the service takes no set of this size.
    """
    least, most = limits.MIN_RECORDS, limits.MAX_RECORDS
    if not least <= count <= most:
        raise BadInputError(f"the set has {count:,} pictures that can be used; give {least} to {most:,}")


def _warnings(pictures: list[Picture], subject: str | None) -> Iterable[str]:
    yield from variety_warnings(pictures)
    yield from subject_warnings([picture.candidate.caption for picture in pictures], subject)
    painted = sum(picture.candidate.is_painted for picture in pictures)
    if painted:
        yield f"{painted} of {len(pictures)} pictures were painted by the stand-in, which is not a model; use them for tests only"
