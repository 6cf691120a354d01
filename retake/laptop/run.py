"""One run of the real state machine on this machine, from the event to its result, also when it is interrupted."""

import json
from datetime import UTC, datetime
from typing import Any, cast

import boto3

from lambdas.core.run.statuses import ERROR
from lambdas.core.storage.run_folder import RESULT
from retake.emulator.bedrock import bedrock_at
from retake.emulator.cloud import InvalidEventError, LocalCloud
from retake.emulator.environment import NoCredentialsError
from retake.laptop.folder_records import FolderRecords
from retake.laptop.run_plan import Plan
from retake.laptop.watched_handlers import WatchedHandlers
from retake.view.outcome import Outcome, object_in
from retake.view.progress import View
from retake.view.run_ending import Ended
from retake.view.run_watch import Watch


def run(plan: Plan, view: View) -> Ended:
    """Start the run, wait for its end and read its result.

    Ctrl-C (`KeyboardInterrupt`) stops it after the call under way, whose picture is kept, and has it concluded.

    Raises:
        KeyboardInterrupt: interrupted before anything was started.
    """
    try:
        return _run(plan, view)
    except NoCredentialsError as error:
        return Ended(None, error="NoCredentialsError", cause=str(error))
    except InvalidEventError as error:
        return Ended(None, error="InvalidRequestError", cause=str(error))


def _run(plan: Plan, view: View) -> Ended:
    watched = WatchedHandlers(Watch(view), FolderRecords(plan.folder))
    with (
        bedrock_at(plan.faults) as bedrock_url,
        LocalCloud(
            plan.out,
            bedrock_url=bedrock_url,
            settings_environment=plan.settings.to_environment(),
            log_path=plan.log_path,
            handler_of=watched.handler_of,
        ) as cloud,
    ):
        cloud.load(plan.request.run_id, plan.request.output_s3_key_prefix)
        started = datetime.now(UTC)
        execution = cloud.start("loop", plan.execution_name, plan.event)
        try:
            return _read(plan, cloud.wait(execution))
        except KeyboardInterrupt:
            view.line("interrupted: stopping after the call under way (Ctrl-C again to leave at once)")
            view.step("stopping")
            cloud.stop(execution)
            cloud.wait(execution)
            return _interrupted(plan, watched, started)


def _interrupted(plan: Plan, watched: WatchedHandlers, started: datetime) -> Ended:
    if watched.concluded:
        # The signal came when all was done.
        return _concluded(plan, watched.concluded)
    event = {
        "run": {
            "bucket": plan.request.output_s3_bucket_name,
            "prefix": plan.request.output_s3_key_prefix,
            "run_id": plan.request.run_id,
        },
        "ending": ERROR.name,
        "fault": {"error": "Interrupted", "cause": "Interrupted; start it again with the same run_id to go on."},
        "execution": {"name": plan.execution_name, "started_at": started.isoformat()},
    }
    boto3.client("lambda").invoke(FunctionName="conclude", Payload=json.dumps(event).encode())
    ended = _concluded(plan, watched.concluded or {})
    return Ended(ended.result, ended.is_recorded, is_interrupted=True)


def _concluded(plan: Plan, answer: dict[str, Any]) -> Ended:
    result = answer.get("result") or object_in(answer.get("cause"))
    return _whole(plan, result) if result else Ended(None)


def _read(plan: Plan, outcome: Outcome) -> Ended:
    if result := outcome.told():
        return _whole(plan, result)
    return Ended(None, error=outcome.error or outcome.status, cause=outcome.cause or "")


def _whole(plan: Plan, cut: dict[str, Any]) -> Ended:
    # Without an address of its own, it is not what lies in the folder: that is another execution's.
    if not cut.get("result_s3_uri"):
        return Ended(cut)
    return Ended(cast(dict[str, Any], json.loads((plan.folder / RESULT).read_bytes())), is_recorded=True)
