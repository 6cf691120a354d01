"""Parsing of a request's JSON body, and validation of a Converse request against the API definition that ships with botocore."""

import json
from functools import cache
from typing import Any

import botocore.session
from botocore.model import Shape
from botocore.validate import ParamValidator

from standin.wire.service_error import invalid_request


def check_shape(model_id: str, request: dict[str, Any]) -> None:
    """Reject wrong types, unknown fields and unions with more than one member.

    Raises:
        ServiceError: a ValidationException that lists every fault.
    """
    report = ParamValidator().validate({**request, "modelId": model_id}, _converse_input())
    if report.has_errors():
        raise invalid_request(report.generate_report())


def parse_body(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a request.

    Raises:
        ServiceError: the body is not a JSON object.
    """
    try:
        request = json.loads(body)
    except ValueError:
        request = None
    if not isinstance(request, dict):
        raise invalid_request("The provided request is not valid")
    return request


@cache
def _converse_input() -> Shape:
    return botocore.session.get_session().get_service_model("bedrock-runtime").shape_for("ConverseRequest")
