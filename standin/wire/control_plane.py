"""Bedrock's control plane, as far as fine-tuning needs it: jobs, provisioned throughput, the lifecycle of a base model.

Source: AWS docs, Bedrock API reference (CreateModelCustomizationJob, CreateProvisionedModelThroughput, their Get, Stop and
Delete) and user guide (custom-models-hp, model-customization-prepare), copies of 2026-10; paths, shapes and statuses of
errors from the service model that ships with botocore 1.44 (bedrock, 2023-04-20). No source has the wording of the errors:
it is this project's own.

A job or a throughput changes its status when it is asked for, not with time: a test waits for nothing.
"""

import itertools
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

import botocore.session
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from standin.options import Options
from standin.wire.http_server import HttpAnswer
from standin.wire.request_shape import parse_body
from standin.wire.service_error import ServiceError, invalid_request
from standin.wire.training_data import find_data_fault

TUNABLE = ("amazon.titan-image-generator-v1", "amazon.titan-image-generator-v2:0")
_ACCOUNT = "123456789012"
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9+\-.])*")
_MODEL_NAME = re.compile(r"([0-9a-zA-Z][_-]?){1,63}")
_ROLE = re.compile(r"arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+")
_S3_URI = re.compile(r"s3://[a-z0-9][-.a-z0-9]{1,61}(/.*)?")
_HYPERPARAMETERS = {"stepCount": (10, 40_000), "batchSize": (8, 192), "learningRate": (1e-7, 1.0)}
_MAX_NAME_CHARS = 63
_DEFAULT_REGION = "us-west-2"

Document = dict[str, Any]


class ControlPlane:
    """The jobs and the throughput of one account. Safe to use from several threads."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._jobs: dict[str, Document] = {}
        self._throughputs: dict[str, Document] = {}
        self._asked: dict[str, int] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, region: str, body: bytes) -> HttpAnswer:
        """Answer one request."""
        try:
            operation, about = _route(method, path)
            with self._lock:
                call: Callable[[str, str, bytes], HttpAnswer] = getattr(self, f"_{operation}")
                return call(unquote(about), region or _DEFAULT_REGION, body)
        except ServiceError as error:
            return HttpAnswer.from_error(error)

    def _get_foundation_model(self, model_id: str, region: str, body: bytes) -> HttpAnswer:
        if model_id not in TUNABLE:
            raise ServiceError("ResourceNotFoundException", f"There is no foundation model {model_id}")
        status = "LEGACY" if model_id in self._options.legacy_models else "ACTIVE"
        details = {
            "modelArn": _foundation_arn(region, model_id),
            "modelId": model_id,
            "modelLifecycle": {"status": status},
        }
        return HttpAnswer(200, {"modelDetails": details})

    def _create_job(self, about: str, region: str, body: bytes) -> HttpAnswer:
        request = _parse("CreateModelCustomizationJob", body)
        name, model_name = request["jobName"], request["customModelName"]
        base_id = str(request["baseModelIdentifier"]).rpartition("/")[2]
        self._check_job(request, base_id)
        same = self._jobs.get(name)
        if same and same["clientRequestToken"] == request.get("clientRequestToken"):
            return HttpAnswer(201, {"jobArn": same["jobArn"]})
        if same or model_name in {job["outputModelName"] for job in self._jobs.values()}:
            raise ServiceError("ConflictException", f"The name {name if same else model_name} is in use")
        ident = f"{next(self._numbers):012x}"
        fault = find_data_fault(self._options.s3_url, request["trainingDataConfig"]["s3Uri"])
        now = datetime.now(UTC).isoformat()
        self._jobs[name] = {
            "jobArn": f"arn:aws:bedrock:{region}:{_ACCOUNT}:model-customization-job/{base_id}/{ident}",
            "jobName": name,
            "outputModelName": model_name,
            "clientRequestToken": request.get("clientRequestToken", ""),
            "roleArn": request["roleArn"],
            "status": "InProgress",
            "failureMessage": fault,
            "outputModelArn": f"arn:aws:bedrock:{region}:{_ACCOUNT}:custom-model/{base_id}/{ident}",
            "baseModelArn": _foundation_arn(region, base_id),
            "customizationType": "FINE_TUNING",
            "creationTime": now,
            "lastModifiedTime": now,
            "hyperParameters": request.get("hyperParameters", {}),
            **{key: request[key] for key in ("trainingDataConfig", "outputDataConfig")},
        }
        return HttpAnswer(201, {"jobArn": self._jobs[name]["jobArn"]})

    def _check_job(self, request: Document, base_id: str) -> None:
        for key, pattern in (("jobName", _JOB_NAME), ("customModelName", _MODEL_NAME)):
            if len(request[key]) > _MAX_NAME_CHARS or not pattern.fullmatch(request[key]):
                raise invalid_request(f"{key}: {request[key]!r} does not fit the documented pattern")
        if not _ROLE.fullmatch(request["roleArn"]):
            raise invalid_request("roleArn: is not the ARN of a role")
        for key in ("trainingDataConfig", "outputDataConfig"):
            if not _S3_URI.fullmatch(request[key].get("s3Uri", "")):
                raise invalid_request(f"{key}.s3Uri: is not an S3 address")
        if base_id not in TUNABLE:
            raise invalid_request(f"baseModelIdentifier: {base_id} cannot be fine-tuned")
        if base_id in self._options.legacy_models:
            raise invalid_request(f"baseModelIdentifier: {base_id} is Legacy; no new job can be created")
        if request.get("customizationType", "FINE_TUNING") != "FINE_TUNING":
            raise invalid_request("customizationType: only FINE_TUNING is supported for this model")
        if request.get("validationDataConfig"):
            raise invalid_request("validationDataConfig: is not supported for this model")
        _check_hyperparameters(request.get("hyperParameters", {}))

    def _get_job(self, name: str, region: str, body: bytes) -> HttpAnswer:
        job = self._find(self._jobs, "jobName", "jobArn", name)
        if job["status"] == "Stopping":
            job["status"] = "Stopped"
        elif job["status"] == "InProgress" and self._is_done(f"job {job['jobName']}"):
            job["status"] = "Failed" if job["failureMessage"] else "Completed"
            job["endTime"] = datetime.now(UTC).isoformat()
        hidden = {"failureMessage"} if job["status"] != "Failed" else set()
        hidden |= {"outputModelArn"} if job["status"] != "Completed" else set()
        return HttpAnswer(200, {key: value for key, value in job.items() if key not in hidden})

    def _stop_job(self, name: str, region: str, body: bytes) -> HttpAnswer:
        job = self._find(self._jobs, "jobName", "jobArn", name)
        if job["status"] != "InProgress":
            raise ServiceError("ConflictException", f"The job is {job['status']}")
        job["status"] = "Stopping"
        return HttpAnswer(200, {})

    def _create_throughput(self, about: str, region: str, body: bytes) -> HttpAnswer:
        request = _parse("CreateProvisionedModelThroughput", body)
        name, model_id = request["provisionedModelName"], request["modelId"]
        if len(name) > _MAX_NAME_CHARS or not _MODEL_NAME.fullmatch(name):
            raise invalid_request("provisionedModelName: does not fit the documented pattern")
        if request["modelUnits"] < 1:
            raise invalid_request("modelUnits: give 1 or more")
        job = next(
            (job for job in self._jobs.values() if model_id in (job["outputModelArn"], job["outputModelName"])), None
        )
        if job is None or job["status"] != "Completed":
            raise ServiceError("ResourceNotFoundException", f"There is no custom model {model_id}")
        if job["baseModelArn"].rpartition("/")[2] in self._options.legacy_models:
            raise invalid_request("modelId: its base model is Legacy; no new throughput can be created")
        if request["modelUnits"] > self._options.max_model_units:
            raise ServiceError(
                "ServiceQuotaExceededException", "The account has fewer model units; ask AWS Support for more"
            )
        if name in self._throughputs:
            raise invalid_request(f"provisionedModelName: {name} is in use")
        arn = f"arn:aws:bedrock:{region}:{_ACCOUNT}:provisioned-model/{next(self._numbers):012x}"
        now = datetime.now(UTC).isoformat()
        self._throughputs[name] = {
            "provisionedModelName": name,
            "provisionedModelArn": arn,
            "modelUnits": request["modelUnits"],
            "desiredModelUnits": request["modelUnits"],
            "modelArn": job["outputModelArn"],
            "desiredModelArn": job["outputModelArn"],
            "foundationModelArn": job["baseModelArn"],
            "status": "Creating",
            "creationTime": now,
            "lastModifiedTime": now,
        }
        return HttpAnswer(201, {"provisionedModelArn": arn})

    def _get_throughput(self, name: str, region: str, body: bytes) -> HttpAnswer:
        found = self._find(self._throughputs, "provisionedModelName", "provisionedModelArn", name)
        if found["status"] == "Creating" and self._is_done(found["provisionedModelArn"]):
            found["status"] = "InService"
        return HttpAnswer(200, found)

    def _delete_throughput(self, name: str, region: str, body: bytes) -> HttpAnswer:
        found = self._find(self._throughputs, "provisionedModelName", "provisionedModelArn", name)
        if found["status"] == "Creating":
            raise ServiceError("ConflictException", "The throughput is being created")
        del self._throughputs[found["provisionedModelName"]]
        return HttpAnswer(200, {})

    def _find(self, documents: Mapping[str, Document], name_key: str, arn_key: str, given: str) -> Document:
        for document in documents.values():
            if given in (document[name_key], document[arn_key]):
                return document
        raise ServiceError("ResourceNotFoundException", f"There is no {given}")

    def _is_done(self, what: str) -> bool:
        self._asked[what] = self._asked.get(what, 0) + 1
        return self._asked[what] > self._options.pending_answers


def _route(method: str, path: str) -> tuple[str, str]:
    """Return the operation and the name in the path."""
    parts = path.split("?", 1)[0].strip("/").split("/")
    routes = {
        ("GET", "foundation-models", 2): "get_foundation_model",
        ("POST", "model-customization-jobs", 1): "create_job",
        ("GET", "model-customization-jobs", 2): "get_job",
        ("POST", "model-customization-jobs", 3): "stop_job",
        ("POST", "provisioned-model-throughput", 1): "create_throughput",
        ("GET", "provisioned-model-throughput", 2): "get_throughput",
        ("DELETE", "provisioned-model-throughput", 2): "delete_throughput",
    }
    operation = routes.get((method, parts[0], len(parts)))
    if operation is None or (operation == "stop_job" and parts[2] != "stop"):
        raise ServiceError("UnknownOperationException", f"The stand-in has no operation {method} {path}")
    return operation, parts[1] if len(parts) > 1 else ""


def _parse(operation: str, body: bytes) -> Document:
    request = parse_body(body)
    shape = _service().operation_model(operation).input_shape
    assert shape is not None  # noqa: S101 - both operations have an input
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        raise invalid_request(report.generate_report())
    return request


def _check_hyperparameters(given: Mapping[str, str]) -> None:
    unknown = sorted(given.keys() - _HYPERPARAMETERS)
    if unknown:
        raise invalid_request(f"hyperParameters: {unknown[0]} is not one of {', '.join(_HYPERPARAMETERS)}")
    if "stepCount" not in given:
        raise invalid_request("hyperParameters: stepCount is missing; it has no default")
    for name, text in given.items():
        if name == "stepCount" and text == "auto":
            continue
        low, high = _HYPERPARAMETERS[name]
        try:
            value = float(text) if name == "learningRate" else int(text)
        except ValueError:
            raise invalid_request(f"hyperParameters: {name}: {text!r} is not a number") from None
        if not low <= value <= high or (name == "batchSize" and value % 8):
            raise invalid_request(f"hyperParameters: {name}: {text} is out of range")


def _foundation_arn(region: str, model_id: str) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{model_id}"


@cache
def _service() -> ServiceModel:
    return botocore.session.get_session().get_service_model("bedrock")
