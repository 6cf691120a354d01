"""The CDK app: read the settings, build the stack, add the checks. It needs no account and makes no AWS calls."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.context import read_deployment
from infra.nag import add_checks
from infra.settings import SettingError
from infra.stack import RetakeStack
from lambdas.core.runtime.strict_json import StrictJsonError, read_json

CDK_JSON = Path(__file__).resolve().parent.parent / "cdk.json"


def build_app(outdir: str, context: Mapping[str, Any] | None = None) -> App:
    """Return the app, ready for `synth()`.

    Raises:
        SettingError: cdk.json is not JSON, or a `retake:` setting is invalid.
    """
    # The CDK CLI passes the context of cdk.json to the app. `python app.py` runs without the CLI, so the app reads the
    # file itself. Values from the CLI (`-c`) win.
    try:
        written = read_json(CDK_JSON.read_bytes())["context"]
    except StrictJsonError as fault:
        raise SettingError(str(fault)) from None
    app = App(outdir=outdir, context={**written, **(context or {})}, analytics_reporting=False)
    RetakeStack(app, "Retake", deployment=read_deployment(app.node.get_all_context()))
    add_checks(app)
    return app
