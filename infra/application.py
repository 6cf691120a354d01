"""The CDK app: read the settings, build the stack, add the checks. It needs no account and makes no AWS calls."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.context import read_deployment
from infra.nag import add_checks
from infra.stack import RetakeStack

CDK_JSON = Path(__file__).resolve().parent.parent / "cdk.json"


def build_app(outdir: str, context: Mapping[str, Any] | None = None) -> App:
    """Return the app, ready for `synth()`.

    Raises:
        SettingError: a `retake:` setting is invalid.
    """
    # The CDK CLI passes the context of cdk.json to the app. `python app.py` runs without the CLI, so the app reads the
    # file itself. Values from the CLI (`-c`) win.
    written = json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"]
    app = App(outdir=outdir, context={**written, **(context or {})}, analytics_reporting=False)
    RetakeStack(app, "Retake", deployment=read_deployment(app.node.get_all_context()))
    add_checks(app)
    return app
