"""The local cloud of one run or batch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from retake.emulator.bedrock import bedrock_endpoint
from retake.emulator.cloud import LocalCloud
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from retake.laptop.batch_plan import BatchPlan
from retake.laptop.run_plan import RunPlan


@contextmanager
def start_cloud(
    plan: RunPlan | BatchPlan,
    *,
    on_object: Callable[[str, bytes], None] | None = None,
    handler_of: Callable[[str], Handler] = shipped_handler,
) -> Iterator[LocalCloud]:
    """Start the stand-in (unless Bedrock is in AWS) and the emulator, with the plan's settings and output folder.

    Raises:
        NoCredentialsError: Bedrock is to be called in AWS, and boto3 finds no credentials.
    """
    with (
        bedrock_endpoint(plan.faults) as bedrock_url,
        LocalCloud(
            plan.out,
            bedrock_url=bedrock_url,
            settings_environment=plan.settings.to_environment(),
            log_path=plan.log_path,
            on_object=on_object,
            handler_of=handler_of,
        ) as cloud,
    ):
        yield cloud
