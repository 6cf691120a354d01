"""Validation of a Converse request against the API definition that ships with botocore."""

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


@cache
def _converse_input() -> Shape:
    return botocore.session.get_session().get_service_model("bedrock-runtime").shape_for("ConverseRequest")
