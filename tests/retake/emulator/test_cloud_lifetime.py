import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import boto3
from aws_lambda_powertools import Logger

from tests.support.fakes.functions import ModelThrottledError, ScriptedFunctions, small_cloud

ROOT = Path(__file__).parents[3]


def test_stop_when_the_run_waits_for_a_retry_then_it_ends_soon(tmp_path):
    scripted = ScriptedFunctions()
    tried = threading.Event()

    def generate(event, context):
        tried.set()
        raise ModelThrottledError

    scripted.generate = generate
    with small_cloud(tmp_path, scripted, wait_scale=1000.0) as cloud:
        execution = cloud.start("loop", "a", {"prompt": "a"})
        assert tried.wait(10)
        time.sleep(0.2)
        cloud.stop(execution)
        assert cloud.wait(execution, timeout_s=2).status == "ABORTED"
    assert scripted.count("generate") == 1


def test_objects_when_a_function_puts_them_then_they_are_files_and_another_cloud_can_restore_them(tmp_path):
    scripted, written_keys = ScriptedFunctions(), []

    def generate(event, context):
        key = f"campaign/may/{event['run']['name']}/r00/a{event['attempt']:02d}/image-1.png"
        boto3.client("s3").put_object(Bucket="retake-local", Key=key, Body=b"\x89PNG")
        written = tmp_path / f"{event['run']['name']}/r00/a{event['attempt']:02d}/image-1.png"
        return {"accepted": event["attempt"] == 2, "was_there": written.read_bytes() == b"\x89PNG"}

    scripted.generate = generate
    with small_cloud(tmp_path, scripted, on_object=lambda key, body: written_keys.append(key)) as cloud:
        execution = cloud.start("loop", "run-1", {"prompt": "a", "output_s3_key_prefix": "campaign/may"})
        assert cloud.wait(execution).output["picture"]["was_there"]
    assert written_keys == ["run-1/r00/a01/image-1.png", "run-1/r00/a02/image-1.png"]

    with small_cloud(tmp_path, scripted) as cloud:
        assert cloud.clients.s3.list_objects_v2(Bucket="retake-local")["KeyCount"] == 0
        assert cloud.restore_run("run-1", "campaign/may") == 2
        found = cloud.clients.s3.get_object(Bucket="retake-local", Key=f"campaign/may/{written_keys[1]}")
        assert found["Body"].read() == b"\x89PNG"


def test_settings_when_the_cloud_is_up_then_the_functions_see_them_and_only_then(tmp_path):
    before = dict(os.environ)
    settings = {"RETAKE_BUCKET": "mine", "RETAKE_EXTRA_OUTPUT_BUCKETS": '["campaign"]', "RETAKE_IMAGE_MODEL_ID": "x"}
    with small_cloud(tmp_path, ScriptedFunctions(), settings_environment=settings) as cloud:
        assert {name: os.environ[name] for name in settings} == settings
        assert {bucket["Name"] for bucket in cloud.clients.s3.list_buckets()["Buckets"]} == {"mine", "campaign"}
        cloud.clients.s3.put_object(Bucket="campaign", Key="generated-images/run-1/a", Body=b"1")
    assert (tmp_path / "run-1/a").read_bytes() == b"1"
    assert dict(os.environ) == before


def test_logs_when_functions_write_them_then_they_are_in_the_file_and_nowhere_else(tmp_path, capfd):
    scripted = ScriptedFunctions()
    elsewhere: list[logging.LogRecord] = []
    early = Logger(service="retake-test", level="INFO")
    late = []

    def handler_of(name):
        # As the import of a handler does.
        late.append(Logger(service=f"retake-{name}", level="INFO"))

        def handler(event, context):
            early.info("painting", extra={"attempt": 1})
            late[-1].info("late")
            raise ValueError

        return handler

    scripted.handler_of = handler_of
    root = logging.StreamHandler()
    root.emit = elsewhere.append  # type: ignore[assignment]
    logging.getLogger().addHandler(root)
    try:
        with small_cloud(tmp_path, scripted, log_path=tmp_path / "run-1/log.jsonl") as cloud:
            assert cloud.wait(cloud.start("loop", "a", {"prompt": "a"})).status == "FAILED"
    finally:
        logging.getLogger().removeHandler(root)
    lines = [json.loads(line) for line in (tmp_path / "run-1/log.jsonl").read_text().splitlines()]
    assert [line["message"] for line in lines if line["service"].startswith("retake")] == ["painting", "late"]
    assert any("ValueError" in line["message"] for line in lines if line["service"].startswith("moto"))
    assert [record.name for record in elsewhere if record.name.startswith("moto")] == []
    assert capfd.readouterr() == ("", "")
    early.info("afterwards")
    assert "afterwards" in capfd.readouterr().out


def test_exit_when_a_function_is_running_then_it_is_stopped_and_waited_for(tmp_path):
    scripted, ended = ScriptedFunctions(), []
    begun = threading.Event()

    def generate(event, context):
        begun.set()
        time.sleep(0.5)
        boto3.client("s3").put_object(Bucket="retake-local", Key="generated-images/run-1/late", Body=b"1")
        ended.append(1)
        return {"accepted": False}

    scripted.generate = generate
    with small_cloud(tmp_path, scripted) as cloud:
        cloud.start("loop", "a", {"prompt": "a"})
        assert begun.wait(10)
    assert ended == [1]
    assert (tmp_path / "run-1/late").exists()


EXIT_WHILE_RUNNING = """
import sys, threading, time
from pathlib import Path
import boto3
from tests.support.fakes.functions import ScriptedFunctions, small_cloud

folder, scripted, begun, ended = Path(sys.argv[1]), ScriptedFunctions(), threading.Event(), threading.Event()

def generate(event, context):
    begun.set()
    time.sleep(0.6)
    boto3.client("s3").put_object(Bucket="retake-local", Key="generated-images/run-1/late", Body=b"1")
    ended.set()

scripted.generate = generate
with small_cloud(folder, scripted, exit_grace_s=0.1) as cloud:
    cloud.start("loop", "a", {"prompt": "a"})
    begun.wait(10)
assert not ended.is_set()
assert ended.wait(10)
"""


def test_exit_when_a_function_outlasts_the_grace_then_the_patches_stay_for_it(tmp_path):
    # In a separate process, because the process can start no other cloud afterwards.
    subprocess.run([sys.executable, "-c", EXIT_WHILE_RUNNING, str(tmp_path)], check=True, timeout=60, cwd=ROOT)
    assert (tmp_path / "run-1/late").read_bytes() == b"1"
