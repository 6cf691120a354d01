"""The most memory that a function's process ever holds, with as many and as heavy pictures as there can be."""

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
# Noise cannot be compressed: RGB gives PNGs of 3.15 MB, as heavy as models' own; RGBA 4.2 MB, too heavy for the judge.
MODES = {"RGB": "3.15 MB PNGs", "RGBA": "4.2 MB PNGs, made smaller for the judge"}


def measure(say: Callable[[str], None]) -> Section:
    """Each function in a process of its own, which holds nothing else; S3 and Bedrock are in another."""
    figures = []
    for mode, weight in MODES.items():
        for calls, model_id in MODELS.items():
            attempts = []
            for number in range(1, ROUNDS + 1):
                attempts.append(_peaks_mib(mode, model_id))
                say(f"{calls}, {weight}, round {number} of {ROUNDS}: {attempts[-1]}")
            figures += [_figure(name, attempts, f"{calls}, {weight}", TARGET) for name in ("generate", "validate")]
    figures += [_figure(name, attempts, "for comparison") for name in ("prepare", "revise", "conclude")]
    return Section(
        title="Peak memory",
        how=f"""The largest resident size of a fresh process that imports one handler and runs it once (`ru_maxrss`), with
{CANDIDATES} candidates of 1024²; medians of {ROUNDS} attempts. The pictures are noise, which is as heavy as a PNG can be. S3
and the stand-in are in another process and reached over HTTP, so that only what the function itself holds is counted; TLS
and Lambda's own runtime are not.""",
        figures=tuple(figures),
    )


def _figure(name: str, attempts: list[dict[str, float]], what: str, target: Target | None = None) -> Figure:
    peak_mib = median(peaks_mib[name] for peaks_mib in attempts)
    return Figure(name=f"{name}, {what}", value=peak_mib, unit="MiB", digits=0, target=target)


def _peaks_mib(mode: str, model_id: str) -> dict[str, float]:
    """The peak of each function over one attempt, by its name."""
    peaks_mib: dict[str, float] = {}
    with far_side(mode) as urls:
        variables = environment(urls)

        def invoke(name: str, event: Mapping[str, Any]) -> dict[str, Any]:
            told = invoke_in_a_process(name, event, variables)
            peaks_mib[name] = told["peak_mib"]
            answer: dict[str, Any] = told["answer"]
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
            raise RuntimeError(f"the attempt is not the one to be measured: {made}, {judged}")
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
def far_side(mode: str) -> Iterator[dict[str, str]]:
    """S3 and Bedrock in a process of their own; their URLs."""
    command = [sys.executable, "-m", "bench.far_side", mode]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # It serves until its standard input is closed, which leaving the block does.
        yield json.loads(process.stdout.readline())


def invoke_in_a_process(name: str, event: Mapping[str, Any], variables: dict[str, str]) -> dict[str, Any]:
    """What `one_invocation` tells of the function `name`, run once with these environment variables."""
    told: dict[str, Any] = json.loads(
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
    return told


def environment(urls: dict[str, str]) -> dict[str, str]:
    """The environment of a function whose AWS is at these URLs."""
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
        "RETAKE_EXTRA_MODEL_IDS": "*",
        "POWERTOOLS_METRICS_NAMESPACE": "Retake",
        "POWERTOOLS_SERVICE_NAME": "retake",
    }
