"""`python app.py` as a user runs it: without Docker, credentials or an installed Node, and without tracebacks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra import application

ROOT = Path(__file__).parents[2]


def _run(outdir: Path, **settings: Any) -> subprocess.CompletedProcess[str]:
    context = {"aws:cdk:bundling-stacks": [], **{f"retake:{name}": value for name, value in settings.items()}}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "JSII_", "CDK_"))}
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**environment, "PATH": "", "CDK_OUTDIR": str(outdir), "CDK_CONTEXT_JSON": json.dumps(context)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_app_synthesises_with_an_empty_path(tmp_path: Path) -> None:
    run = _run(tmp_path, stack_name="Studio")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    properties = json.loads((tmp_path / "manifest.json").read_text())["artifacts"]["Retake"]
    assert properties["environment"] == "aws://unknown-account/unknown-region"
    assert properties["properties"]["stackName"] == "Studio"


def test_app_reports_an_invalid_setting_in_one_line(tmp_path: Path) -> None:
    run = _run(tmp_path, image_region="us-east-1")
    assert run.returncode == 1
    assert run.stderr == (
        'cdk.json: retake:image_region: "us-east-1" cannot be used; stability.stable-image-core-v1:1 is not offered '
        "there; choose one of us-west-2\n"
    )


def test_app_reads_cdk_json_and_given_context_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / "cdk.json"
    written.write_text(json.dumps({"context": {"retake:stack_name": "Written", "retake:log_retention_days": 7}}))
    monkeypatch.setattr(application, "CDK_JSON", written)
    app = application.build_app(str(tmp_path), {"retake:stack_name": "Given", "aws:cdk:bundling-stacks": []})
    context = app.node.get_all_context()
    assert (context["retake:stack_name"], context["retake:log_retention_days"]) == ("Given", 7)
