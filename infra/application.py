"""The CDK app: reads the settings, makes the stack, checks it. No account, no look-ups, no calls to AWS."""

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
    """The app, ready for `synth()`.

    Raises:
        SettingError: a `retake:` setting cannot be used.
    """
    # The CDK CLI hands cdk.json's context to the app; `python app.py` has no CLI, so that the app reads it itself.
    # What the CLI gives (with its -c options) wins over this.
    written = json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"]
    app = App(outdir=outdir, context={**written, **(context or {})}, analytics_reporting=False)
    RetakeStack(app, "Retake", deployment=read_deployment(app.node.get_all_context()))
    add_checks(app)
    return app
