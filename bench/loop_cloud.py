"""A local cloud for the measurements: the shipped loop machine and handlers, and a given stand-in."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lambdas.core.runtime.settings import Settings
from retake.emulator.cloud import LocalCloud
from retake.emulator.patches.lambda_api import Handler, shipped_handler
from standin import StandIn


@contextmanager
def loop_cloud(stand_in: StandIn, handler_of: Callable[[str], Handler] = shipped_handler) -> Iterator[LocalCloud]:
    """Start a local cloud with the loop machine, in a temporary folder."""
    settings = Settings(bucket="retake-local", extra_model_ids=("*",))
    with (
        tempfile.TemporaryDirectory() as folder,
        stand_in,
        LocalCloud(
            Path(folder),
            bedrock_url=stand_in.url,
            settings_environment=settings.to_environment(),
            handler_of=handler_of,
            wait_scale=0.0,
        ) as cloud,
    ):
        cloud.create_machine("loop")
        yield cloud
