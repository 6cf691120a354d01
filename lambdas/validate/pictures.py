"""Prepare the pictures of an attempt for the judge, and set aside those that cannot be judged."""

from typing import Any

from lambdas.core.models.claude.picture import JudgedPicture, prepare_picture
from lambdas.core.models.image.inputs import load_inputs
from lambdas.core.models.picture_file import UnreadablePictureError
from lambdas.core.run.open_run import OpenRun
from lambdas.core.runtime.errors import RecordError
from lambdas.core.storage.run_folder import RunFolder

_SURPLUS = "the model returned more pictures than requested"


def prepare_pictures(folder: RunFolder, here: str, max_pictures: int) -> tuple[tuple[JudgedPicture, ...], list[bytes]]:
    """Return the first `max_pictures` of the attempt's pictures that can be opened, one for each entry in `images`.

    Each as the judge gets it, and as it was made.

    The others move to `not_judged` in attempt.json, with the reason. If no picture is left, the
    attempt is recorded as UNREADABLE: it has failed, and a resumed run continues after it.

    Raises:
        RecordError: a record is missing, or S3 failed.
    """
    record = folder.require_json(f"{here}/attempt.json")
    judged: list[JudgedPicture] = []
    bodies: list[bytes] = []
    images: list[dict[str, Any]] = []
    not_judged: list[dict[str, Any]] = []
    for image in record["images"]:
        try:
            if len(images) == max_pictures:
                raise UnreadablePictureError(_SURPLUS)
            body = _read(folder, image["name"])
            judged.append(prepare_picture(body))
            bodies.append(body)
            images.append(image)
        except UnreadablePictureError as fault:
            not_judged.append({**image, "reason": str(fault)})
    if not_judged:
        record |= {"images": images, "not_judged": [*record.get("not_judged", []), *not_judged]}
        if not images:
            record |= {"outcome": "UNREADABLE", "reason": not_judged[0]["reason"]}
        folder.write_json(f"{here}/attempt.json", record)
    return tuple(judged), bodies


def prepare_sources(run: OpenRun) -> tuple[JudgedPicture, ...]:
    """Return the run's source pictures that the judge sees before the candidates.

    Raises:
        RecordError: a copy is missing, or S3 failed.
    """
    shown = [record for record in run.inputs if record["picture"] in run.request.judged_pictures]
    return tuple(prepare_picture(body) for body in load_inputs(run.folder, shown).values())


def _read(folder: RunFolder, name: str) -> bytes:
    body = folder.read(name)
    if body is None:
        raise RecordError(f"{folder.s3_uri(name)}: is missing, though its attempt was recorded")
    return body
