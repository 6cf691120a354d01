"""Measure the peak memory of each function, with the most and the largest pictures."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from typing import Any

from bench.machine import ROOT
from bench.section import Figure, Section, Target
from lambdas.conclude.contract import ConcludeEvent
from lambdas.core.run.statuses import EXHAUSTED
from lambdas.core.runtime.execution import Execution
from lambdas.generate.contract import GenerateEvent
from lambdas.prepare.contract import PrepareEvent
from lambdas.revise.contract import ReviseEvent
from lambdas.validate.contract import ValidateEvent

ROUNDS = 3
CANDIDATES = 5
TARGET = Target("<", 256.0)
MODELS = {
    "Titan v2, five in one call": "amazon.titan-image-generator-v2:0",
    "Stable Image Core, five calls at once": "stability.stable-image-core-v1:1",
}
# Noise cannot be compressed. RGB gives PNGs of 3.15 MB, as large as those of models; RGBA 4.2 MB, too large for the judge.
MODES = {"RGB": "3.15 MB PNGs", "RGBA": "4.2 MB PNGs, reduced for the judge"}


def measure(report: Callable[[str], None]) -> Section:
    """Run each function in its own process. S3 and Bedrock are in another process."""
    figures = []
    for mode, weight in MODES.items():
        for calls, model_id in MODELS.items():
            attempts = []
            for number in range(1, ROUNDS + 1):
                attempts.append(_peaks_mib(mode, model_id))
                report(f"{calls}, {weight}, round {number} of {ROUNDS}: {attempts[-1]}")
            figures += [_figure(name, attempts, f"{calls}, {weight}", TARGET) for name in ("generate", "validate")]
    figures += [_figure(name, attempts, "for comparison") for name in ("prepare", "revise", "conclude")]
    return Section(
        title="Peak memory",
        how=f"""The largest resident size (`ru_maxrss`) of a fresh process that imports one handler and runs it once, with
{CANDIDATES} candidates of 1024². Medians of {ROUNDS} attempts. The pictures are noise, which gives the largest PNGs. S3 and the
stand-in are in another process, reached over HTTP, so that only the function's own memory counts. TLS and Lambda's runtime
are not included.""",
        figures=tuple(figures),
    )


def _figure(name: str, attempts: list[dict[str, float]], what: str, target: Target | None = None) -> Figure:
    peak_mib = median(peaks_mib[name] for peaks_mib in attempts)
    return Figure(name=f"{name}, {what}", value=peak_mib, unit="MiB", digits=0, target=target)


def _peaks_mib(mode: str, model_id: str) -> dict[str, float]:
    """Return the peak of each function in one attempt, by its name."""
    peaks_mib: dict[str, float] = {}
    with services_process(mode) as urls:
        variables = environment(urls)

        def invoke(name: str, event: Mapping[str, Any]) -> dict[str, Any]:
            output = invoke_in_process(name, event, variables)
            peaks_mib[name] = output["peak_mib"]
            answer: dict[str, Any] = output["answer"]
            return answer

        execution: Execution = {"name": "bench", "started_at": "2026-11-21T06:00:00Z"}
        asked = {"prompt": "a red circle", "titan_img_number_of_images": CANDIDATES, "image_model_id": model_id}
        prepare: PrepareEvent = {"event": asked, "execution": execution}
        prepared = invoke("prepare", prepare)
        run = prepared["run"]
        generate: GenerateEvent = {"run": run, "revision": 0, "attempt": 1, "spent_usd": prepared["spent_usd"]}
        made = invoke("generate", generate)
        validate: ValidateEvent = {"run": run, "revision": 0, "attempt": 1, "spent_usd": made["spent_usd"]}
        judged = invoke("validate", validate)
        if (made["images"], judged["outcome"]) != (CANDIDATES, "NO"):
            raise RuntimeError(f"the attempt does not have {CANDIDATES} rejected candidates: {made}, {judged}")
        revise: ReviseEvent = {"run": run, "revision": 1, "spent_usd": judged["spent_usd"]}
        invoke("revise", revise)
        conclude: ConcludeEvent = {
            "run": run,
            "unprepared": None,
            "estimate": None,
            "ending": EXHAUSTED.name,
            "fault": None,
            "execution": execution,
        }
        invoke("conclude", conclude)
    return peaks_mib


@contextmanager
def services_process(mode: str) -> Iterator[dict[str, str]]:
    """Start S3 and Bedrock in another process, and yield their URLs."""
    command = [sys.executable, "-m", "bench.services_process", mode]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # The process serves until its standard input is closed, which happens when the block ends.
        yield json.loads(process.stdout.readline())


def invoke_in_process(name: str, event: Mapping[str, Any], variables: dict[str, str]) -> dict[str, Any]:
    """Run the function `name` once with these environment variables, and return the output of `one_invocation`."""
    output: dict[str, Any] = json.loads(
        subprocess.run(
            [sys.executable, "-m", "bench.one_invocation", name],
            cwd=ROOT,
            env=variables,
            input=json.dumps(event),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout.splitlines()[-1]
    )
    return output


def environment(urls: dict[str, str]) -> dict[str, str]:
    """Return the environment of a function that uses the services at these URLs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RETAKE_"))}
    return kept | {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_ENDPOINT_URL_S3": urls["s3"],
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": urls["bedrock"],
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "RETAKE_BUCKET": "retake-bench",
        "RETAKE_EXTRA_MODEL_IDS": '["*"]',
        "POWERTOOLS_METRICS_NAMESPACE": "Retake",
        "POWERTOOLS_SERVICE_NAME": "retake",
    }
