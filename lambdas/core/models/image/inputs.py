"""The source pictures of a run: read where the request names them, checked, and copied once into the run's folder.

A run uses its copies only, so a source that changes later changes nothing.
"""

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.core.models.image.mask import extended_size
from lambdas.core.models.image.source_picture import SourcePicture, check_bytes, check_mask, check_source
from lambdas.core.request.faults import Faults
from lambdas.core.request.request import Request
from lambdas.core.runtime.clients import s3
from lambdas.core.runtime.errors import InvalidRequestError, RecordError
from lambdas.core.runtime.records import split_s3_uri
from lambdas.core.storage.run_folder import RunFolder

FOLDER = "inputs"
_MASK = "mask_image"
# AWS: the body of InvokeModel has at most 25,000,000 bytes. Base64 makes 4 of 3; the texts need the rest.
_MAX_BASE64_BYTES = 24_900_000
_NOT_THERE = ("NoSuchKey", "NoSuchBucket", "404", "403", "AccessDenied")
_EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


@dataclass(frozen=True)
class Input:
    """One source picture, checked."""

    name: str
    """`Request.pictures` has the same names: "images-1"."""
    address: str
    picture: SourcePicture

    @property
    def record_name(self) -> str:
        """The name of its copy in the run's folder."""
        return f"{FOLDER}/{self.name}.{_EXTENSIONS[self.picture.format]}"

    def to_record(self) -> dict[str, Any]:
        """Return its entry under `inputs` in request.json."""
        return {
            "picture": self.name,
            "name": self.record_name,
            "source": self.address,
            "sha256": hashlib.sha256(self.picture.body).hexdigest(),
            "width": self.picture.width_px,
            "height": self.picture.height_px,
            "warnings": list(self.picture.warnings),
        }


def read_inputs(request: Request) -> list[Input]:
    """Read and check every source picture of a request.

    Raises:
        InvalidRequestError: a picture is missing, or the model does not take it; the message has a line for each fault.
        RecordError: S3 failed (retried by the state machine).
    """
    if not request.pictures:
        return []
    with ThreadPoolExecutor(len(request.pictures)) as readers:
        bodies = list(readers.map(lambda item: _read(_label(item[0]), item[1], request), request.pictures.items()))
    faults, found = Faults(), {}
    for (name, address), body in zip(request.pictures.items(), bodies, strict=True):
        if isinstance(body, InvalidRequestError):
            faults.add(str(body))
        elif name != _MASK:
            with faults.collect():
                found[name] = Input(name, address, check_source(_label(name), body, request.image_model))
        elif source := found.get("images-1"):
            with faults.collect():
                mask = check_mask(_MASK, body, request.image_model, source.picture)
                found[name] = Input(name, address, mask)
    if not faults.have_any:
        with faults.collect():
            _check_together(request, found)
    faults.raise_if_any()
    return list(found.values())


def write_inputs(folder: RunFolder, inputs: Iterable[Input]) -> list[dict[str, Any]]:
    """Copy the pictures into the run's folder, and return their records."""
    for one in inputs:
        folder.write(one.record_name, one.picture.body, f"image/{one.picture.format.lower()}")
    return [one.to_record() for one in inputs]


def load_inputs(folder: RunFolder, records: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Return the run's copies by name: "images-1", "mask_image".

    Raises:
        RecordError: a copy is missing, or S3 failed (retried by the state machine).
    """
    return {record["picture"]: folder.require(record["name"]) for record in records}


def _label(name: str) -> str:
    """Return the field of the event: "images[0]" for "images-1"."""
    field, _, place = name.partition("-")
    return f"{field}[{int(place) - 1}]" if place else field


def _read(label: str, address: str, request: Request) -> bytes | InvalidRequestError:
    bucket, key = split_s3_uri(address)
    try:
        answer = s3().get_object(Bucket=bucket, Key=key)
        check_bytes(label, answer["ContentLength"], request.image_model)
        body: bytes = answer["Body"].read()
        return body
    except InvalidRequestError as fault:
        return fault
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_THERE:
            # AWS: without s3:ListBucket, S3 answers 403 for a missing object.
            return InvalidRequestError(
                f"{label}: {address} does not exist, or this deployment may not read it; upload the picture, or correct the address"
            )
        raise RecordError(f"{address}: S3 did not read it ({error})") from error
    except BotoCoreError as error:
        raise RecordError(f"{address}: S3 did not read it ({error})") from error


def _check_together(request: Request, found: Mapping[str, Input]) -> None:
    model = request.image_model
    limits = model.input
    size_bytes = sum(-(-len(one.picture.body) // 3) * 4 for one in found.values())
    if size_bytes > _MAX_BASE64_BYTES:
        raise InvalidRequestError(
            f"images: the pictures have {size_bytes:,} bytes in Base64; Bedrock takes at most {_MAX_BASE64_BYTES:,} in one call: "
            "scale them down or compress them"
        )
    if request.extend_px and limits and limits.max_side_px:
        source = found["images-1"].picture
        size = extended_size((source.width_px, source.height_px), request.extend_px)
        if max(size) > limits.max_side_px:
            raise InvalidRequestError(
                f"extend_px: the extended picture has {size[0]:,}×{size[1]:,} px; {model.name} takes at most "
                f"{limits.max_side_px:,} px a side: extend it less, or scale the picture down"
            )
