"""Synthesise the stack into cdk.out: `python app.py`, or with the CDK CLI, `npx aws-cdk synth`."""

import os
import sys

from infra.application import build_app
from infra.settings import SettingError

if __name__ == "__main__":
    try:
        app = build_app(outdir=os.environ.get("CDK_OUTDIR", "cdk.out"))
    except SettingError as error:
        sys.exit(f"cdk.json: {error}")
    app.synth()
