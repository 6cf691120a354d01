"""EventBridge for moto: S3 events as AWS sends them, and state machines and buses as targets of rules."""

import itertools
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import boto3
from moto.events.models import Rule, events_backends
from moto.events.utils import EventMessageType
from moto.s3 import notifications
from moto.s3.models import S3Backend

_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_-]+)>")


@contextmanager
def patch_eventbridge(on_failure: Callable[[str], None]) -> Iterator[None]:
    """Inside the block, send S3's events to the rules of the default bus, and let rules start state machines.

    `on_failure` is called with one line for each event that its target refused. In AWS such an event goes to the rule's
    dead-letter queue.
    """
    sequencers = itertools.count(time.time_ns())
    completing = threading.local()

    def complete_multipart_upload(backend: S3Backend, *args: Any, **kwargs: Any) -> Any:
        completing.now = True
        try:
            return _COMPLETE(backend, *args, **kwargs)
        finally:
            completing.now = False

    def send_event(account_id: str, bucket: Any, event_name: str, key: Any) -> None:
        if getattr(completing, "now", False) and event_name.endswith(":Put"):
            return
        event = _s3_event(account_id, bucket, event_name, key, f"{next(sequencers):016X}")
        rules = events_backends[account_id][bucket.region_name].event_buses["default"].rules
        for rule in list(rules.values()):
            rule.send_to_targets(event)

    def send_to_targets(rule: Rule, event: EventMessageType, transform_input: bool = True) -> None:
        if rule.state != "ENABLED" or not rule.event_pattern.matches_event(event):
            return
        left_to_moto = []
        for target in rule.targets:
            try:
                if not _deliver(target, event):
                    left_to_moto.append(target)
            except Exception as fault:  # noqa: BLE001 - the upload that caused the event has succeeded
                on_failure(f"rule {rule.name}: {target['Arn']} refused the event: {fault}")
        if left_to_moto:
            with patch.object(rule, "targets", left_to_moto):
                _SEND_TO_TARGETS(rule, event, transform_input)

    with (
        # moto: sends S3's events to every bus, with a constant sequencer and a misspelt etag, and drops every fault.
        patch.object(notifications, "_send_event_bridge_message", send_event),
        # moto: sends two events for a multipart upload, one of them as if it were a simple put.
        patch.object(S3Backend, "complete_multipart_upload", complete_multipart_upload),
        # moto: has no state machines among the targets, and gives an event a new id when a rule sends it to a bus.
        patch.object(Rule, "send_to_targets", send_to_targets),
    ):
        yield


_COMPLETE = S3Backend.complete_multipart_upload
_SEND_TO_TARGETS = Rule.send_to_targets


def _deliver(target: Mapping[str, Any], event: EventMessageType) -> bool:
    """Deliver the event to a state machine or a bus. Return False for any other target, which is left to moto."""
    arn = target["Arn"]
    _, _, service, region, account_id, resource = arn.split(":", 5)
    if service == "states":
        # AWS: names an execution after the event and the delivery.
        name, body = f"{event['id']}_{uuid.uuid4()}", _target_input(target, event)
        boto3.client("stepfunctions", region_name=region).start_execution(stateMachineArn=arn, name=name, input=body)
        return True
    if service == "events" and resource.startswith("event-bus/"):
        bus = events_backends[account_id][region].describe_event_bus(resource.removeprefix("event-bus/"))
        for other in list(bus.rules.values()):
            other.send_to_targets(event)
        return True
    return False


def _target_input(target: Mapping[str, Any], event: EventMessageType) -> str:
    """Return the target's input for this event: the whole event, a constant, or the input transformer's output."""
    if constant := target.get("Input"):
        return str(constant)
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(event)
    values = {name: _value_at(path, event) for name, path in transformer.get("InputPathsMap", {}).items()}
    # In one pass: a key may hold text that looks like a placeholder. AWS: an unquoted placeholder is replaced by JSON.
    return _PLACEHOLDER.sub(lambda found: json.dumps(values[found[1]]), transformer["InputTemplate"])


def _value_at(path: str, event: EventMessageType) -> Any:
    """Return the event's value at a path such as `$.detail.object.key`, or None."""
    value: Any = event
    for name in path.removeprefix("$").strip(".").split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _s3_event(account_id: str, bucket: Any, event_name: str, key: Any, sequencer: str) -> EventMessageType:
    """Return the event that S3 sends to EventBridge. The key is raw, not URL-encoded."""
    name = event_name.removeprefix("s3:")
    kind, reasons = ("Object Created", _CREATED) if name.startswith("ObjectCreated") else ("Object Deleted", {})
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": kind,
        "source": "aws.s3",
        "account": account_id,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": bucket.region_name,
        "resources": [bucket.arn],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": {"key": key.name, "size": key.size, "etag": key.etag.strip('"'), "sequencer": sequencer},
            "request-id": uuid.uuid4().hex[:16].upper(),
            "requester": account_id,
            "source-ip-address": "127.0.0.1",
            "reason": reasons.get(name.partition(":")[2], "DeleteObject"),
        },
    }


_CREATED = {
    "Put": "PutObject",
    "Post": "POST Object",
    "Copy": "CopyObject",
    "CompleteMultipartUpload": "CompleteMultipartUpload",
}
