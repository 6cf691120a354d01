"""One batch of the real batch machine on this machine, from the manifest to its summary."""

import json
from dataclasses import dataclass
from typing import Any

from lambdas.conclude.fault import message_of
from lambdas.core.batch.place import RESULTS_CSV, SUMMARY
from local import exit_codes
from local.batch.plan import BatchPlan, defaults_body
from local.batch.progress import BatchView, BatchWatch
from local.cloud import LocalCloud
from local.environment import NoCredentialsError
from local.outcome import Outcome
from local.run import bedrock_at


@dataclass(frozen=True)
class BatchEnded:
    """How a batch ended."""

    summary: dict[str, Any] | None
    error: str | None = None
    """What stopped it, on one line; None when it came to its end."""
    is_interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """One of `exit_codes`."""
        if self.is_interrupted:
            return exit_codes.INTERRUPTED
        if self.summary is None:
            return exit_codes.FAULT
        if self.summary["status"] == "ACCEPTED":
            return exit_codes.ACCEPTED
        if self.summary["status"] == "REFUSED" or not self.summary["items"]:
            return exit_codes.BAD_INPUT
        return exit_codes.FAULT if "fault" in self.summary else exit_codes.NOT_ACCEPTED


def run_batch(plan: BatchPlan, view: BatchView) -> BatchEnded:
    """Start the batch, wait for its end and read its summary.

    Ctrl-C (`KeyboardInterrupt`) stops it after the calls under way; every item that has ended keeps its record.
    """
    watch = BatchWatch(plan.batch_id, view)
    try:
        with (
            bedrock_at(plan.faults) as bedrock_url,
            LocalCloud(
                plan.out,
                bedrock_url=bedrock_url,
                settings_environment=plan.settings.to_environment(),
                log_path=plan.log_path,
                on_object=watch.on_object,
            ) as cloud,
        ):
            cloud.load_batch(plan.batch_id)
            s3, bucket = cloud.clients.s3, plan.settings.bucket
            with plan.manifest.open("rb") as manifest:
                s3.put_object(Bucket=bucket, Key=plan.key, Body=manifest)
            if plan.defaults is not None:
                s3.put_object(Bucket=bucket, Key=plan.defaults_key, Body=defaults_body(plan.defaults))
            execution = cloud.start("batch", plan.execution_name, {"bucket": bucket, "key": plan.key})
            try:
                return _read(plan, cloud.wait(execution))
            except KeyboardInterrupt:
                view.line("interrupted: stopping after the calls under way (Ctrl-C again to leave at once)")
                cloud.stop(execution)
                cloud.wait(execution)
                return BatchEnded(None, is_interrupted=True)
    except NoCredentialsError as error:
        return BatchEnded(None, error=str(error))


def _read(plan: BatchPlan, outcome: Outcome) -> BatchEnded:
    told = outcome.told()
    if told is None:
        return BatchEnded(None, error=f"{outcome.error}: {message_of(outcome.cause or '') or 'it did not say why'}")
    whole = plan.folder / SUMMARY
    summary = json.loads(whole.read_bytes()) if whole.exists() and told["status"] != "REFUSED" else told
    return BatchEnded(summary, error=told["message"] if told["status"] == "REFUSED" else None)


def batch_told(plan: BatchPlan, ended: BatchEnded) -> list[str]:
    """The end in a few lines for people."""
    if ended.is_interrupted:
        return [f"what has ended is kept under {plan.out}; the same command goes on from it, and pays nothing twice"]
    if ended.summary is None or ended.summary["status"] == "REFUSED":
        return []
    summary = ended.summary
    lines = [
        f"{summary['status']}  {summary['message']}",
        f"results  {plan.folder / RESULTS_CSV}",
        f"cost     ${summary['cost']['total_usd']:.4f} of at most ${summary['cost']['max_usd']:.2f}",
    ]
    if "fault" in summary:
        lines.append(f"fault    {summary['fault']['error']}: {summary['fault']['message']}")
    return lines
