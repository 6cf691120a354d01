"""`retake finetune`: the plan, the job, following it, and throughput, against a stack and the stand-in's control plane."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from retake.customization import bedrock as control_plane
from standin import Options, StandIn
from tests.retake.commands.test_dataset import picture
from tests.support.harnesses.bedrock_endpoint import bedrock_environment
from tests.support.harnesses.command import Done, Retake
from tests.support.harnesses.served_stack import ServedStack, serving

TITAN = "amazon.titan-image-generator-v2:0"
STACK = ("--stack", "Retake")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStack]:
    """A stack with the role of fine-tuning jobs."""
    folder = tmp_path_factory.mktemp("stack")
    cdk_json = folder / "cdk.json"
    cdk_json.write_text(json.dumps({"context": {"retake:customization": True}}), encoding="utf-8")
    options = ("--bedrock", "aws", "--settings", str(cdk_json))
    with StandIn(Options()) as bedrock, serving(folder, *options, environment=bedrock_environment(bedrock)) as server:
        yield server


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the control plane without pauses."""
    monkeypatch.setattr(control_plane, "POLL_S", (0.0, 0.0))


@pytest.fixture
def training(retake: Retake) -> Path:
    """A training set of five pictures, in the folder `set`."""
    images = retake.folder / "set/images"
    images.mkdir(parents=True)
    lines = []
    for number in range(5):
        picture(number).save(images / f"{number}.png")
        lines.append(json.dumps({"image-ref": f"images/{number}.png", "caption": f"tiles number {number}"}) + "\n")
    (retake.folder / "set/train.jsonl").write_text("".join(lines), encoding="utf-8")
    return retake.folder / "set"


class Tuning:
    """The command against one stack and one control plane."""

    def __init__(self, retake: Retake, stack: ServedStack, options: Options) -> None:
        self.retake, self.stack = retake, stack
        self.stand_in = StandIn(options)

    def __call__(self, *arguments: str, code: int = 0) -> Done:
        """Run `retake finetune ARGUMENTS`."""
        environment = {**self.stack.environment, "AWS_ENDPOINT_URL_BEDROCK": self.stand_in.url}
        done = self.retake("finetune", *arguments, environment=environment)
        assert done.code == code, done.stderr
        return done

    @property
    def bedrock(self) -> Any:
        """The control plane."""
        return boto3.client(
            "bedrock",
            endpoint_url=self.stand_in.url,
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )


@pytest.fixture
def tune(retake: Retake, stack: ServedStack, request: pytest.FixtureRequest) -> Iterator[Tuning]:
    """The command, with a control plane that also reads the training data from the stack's S3."""
    options = {"s3_url": stack.environment["AWS_ENDPOINT_URL"], **getattr(request, "param", {})}
    tuning = Tuning(retake, stack, Options(**options))
    with tuning.stand_in:
        yield tuning


def test_plan_when_printed_then_it_has_steps_cost_and_the_lifecycle_and_nothing_is_created(
    retake: Retake, training: Path
) -> None:
    done = retake("finetune", "--dataset", "set", "--steps", "auto")

    assert done.code == 0
    assert "steps          1,000 (AWS's table for 8 pictures, its nearest row; this set has 5)" in done.stdout
    assert "estimated      $40.00 for the training: 1,000 steps × 8 pictures × $0.005" in done.stdout
    assert f"warning        {TITAN} reached its end of life on Amazon Bedrock on 2026-06-30" in done.stdout
    assert "nothing was created" in done.stderr
    plan = retake("finetune", "--dataset", "set", "--steps", "5000", "--batch-size", "16", "--json").result
    assert (plan["steps"], plan["batch_size"], plan["estimated_usd"]) == (5000, 16, 400.0)


def test_go_without_a_stack_when_the_catalogue_says_ended_then_it_is_refused_with_the_reason(
    retake: Retake, training: Path
) -> None:
    done = retake("finetune", "--dataset", "set", "--go")

    assert done.code == 2
    (error,) = done.errors
    assert error.startswith(f"retake: error: --go: refused; {TITAN} reached its end of life")
    assert "steps          1,000" in done.stderr


@pytest.mark.parametrize("tune", [{"legacy_models": frozenset({TITAN})}], indirect=True)
def test_go_when_bedrock_says_legacy_then_it_is_refused_and_no_job_is_created(tune: Tuning, training: Path) -> None:
    done = tune("--dataset", "set", "--go", *STACK, code=2)

    assert done.errors == [
        f"retake: error: --go: refused; {TITAN} is Legacy in us-east-1; Amazon Bedrock creates no new fine-tuning jobs and "
        "no new throughput for it"
    ]


def test_go_then_throughput_then_delete_when_everything_works_then_the_settings_are_printed(
    tune: Tuning, training: Path
) -> None:
    done = tune("--dataset", "set", "--go", *STACK, "--json")

    job = done.result
    assert job["base_model_id"] == TITAN
    created = tune.bedrock.get_model_customization_job(jobIdentifier=job["name"])
    assert created["roleArn"] == "arn:aws:iam::123456789012:role/local"
    assert created["hyperParameters"] == {"stepCount": "1000", "batchSize": "8", "learningRate": "0.00001"}
    assert created["trainingDataConfig"]["s3Uri"].startswith(f"{tune.stack.bucket}/customization/datasets/")
    assert created["outputDataConfig"]["s3Uri"] == f"{tune.stack.bucket}/customization/output/"
    assert (
        f"next     retake finetune throughput --name {job['name']} --units 1 --stack Retake --region us-east-1"
        in done.stderr
    )
    again = tune("--dataset", "set", "--go", *STACK, "--json")
    assert "there is a job" in again.stderr
    assert again.result == job

    served = tune("throughput", "--name", job["name"], "--units", "1", "--json")
    arn = served.result["arn"]
    assert served.result["settings"] == {
        "retake:image_model_id": arn,
        "retake:custom_models": [{"arn": arn, "base_model_id": TITAN, "name": job["name"]}],
    }
    assert "its price per hour is unknown here" in served.stderr
    assert "nothing is bought" in tune("throughput", "--name", job["name"], "--units", "1").stderr

    tune("throughput", "--name", job["name"], "--delete")
    gone = tune("throughput", "--name", job["name"], "--delete", code=2)
    assert "there is no provisioned throughput" in gone.stderr


def test_job_when_its_data_is_bad_then_the_command_ends_with_the_reason_of_bedrock(
    tune: Tuning, training: Path
) -> None:
    picture(1, (300, 300)).save(training / "images/1.png")

    done = tune("--dataset", "set", "--go", *STACK, code=3)

    assert "ended Failed: Record 2: each side of the image must have 512" in done.errors[0]


def test_job_when_stopped_by_somebody_then_the_command_says_so(
    tune: Tuning, training: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = retake_name(tune)
    monkeypatch.setattr(
        "retake.deployed.polling.time.sleep", lambda _: tune.bedrock.stop_model_customization_job(jobIdentifier=name)
    )
    done = tune("--dataset", "set", "--go", *STACK, code=3)

    assert done.errors == [f"retake: error: the job {name} was stopped"]


def retake_name(tune: Tuning) -> str:
    """Return the name of the job that the plan would create."""
    return str(tune("--dataset", "set", "--json").result["name"])


def test_ctrl_c_when_following_then_the_job_continues_and_the_command_says_how_to_follow(
    tune: Tuning, training: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("retake.deployed.polling.time.sleep", interrupt)
        done = tune("--dataset", "set", "--go", *STACK, code=130)

    name = retake_name(tune)
    assert f"follow it  retake finetune follow --name {name} --stack Retake --region us-east-1" in done.stderr
    assert tune("follow", "--name", name).stdout.startswith("arn:aws:bedrock:us-east-1:123456789012:custom-model/")


def test_set_in_s3_when_the_role_may_not_read_it_then_it_is_refused(tune: Tuning, training: Path) -> None:
    bucket = tune.stack.bucket
    for place, code in (("elsewhere", 2), ("customization/tiles", 0)):
        lines = (training / "train.jsonl").read_text(encoding="utf-8").replace("images/", f"{bucket}/{place}/images/")
        tune.stack.upload(lines, f"{place}/train.jsonl")
        for number in range(5):
            tune.stack.client("s3").put_object(
                Bucket=bucket.removeprefix("s3://"),
                Key=f"{place}/images/{number}.png",
                Body=(training / f"images/{number}.png").read_bytes(),
            )
        done = tune("--dataset", f"{bucket}/{place}", "--go", *STACK, code=code)
        assert (f"the job's role may read {bucket}/customization/ only" in done.stderr) is bool(code)


def test_dataset_when_written_to_s3_then_again_then_nothing_is_uploaded_twice(
    retake: Retake, stack: ServedStack, training: Path
) -> None:
    for number in range(5):
        (training / f"images/{number}.txt").write_text(f"tiles number {number}", encoding="utf-8")
    target = f"{stack.bucket}/customization/again"

    written = [
        retake("dataset", "set/images", "--out", target, "--json", environment=stack.environment).result["written"]
        for _ in range(2)
    ]

    assert written == [5, 0]
    found = stack.client("s3").get_object(
        Bucket=stack.bucket.removeprefix("s3://"), Key="customization/again/train.jsonl"
    )
    records = [json.loads(line) for line in found["Body"].read().splitlines()]
    assert all(record["image-ref"].startswith(f"{target}/images/") for record in records)
    plan = retake("finetune", "--dataset", target, "--json", environment=stack.environment).result
    assert plan["pictures"] == 5


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), "--dataset: is missing"),
        (("--dataset", "nowhere"), "--dataset nowhere: has no train.jsonl"),
        (("--dataset", "set", "--steps", "9"), "--steps 9: give auto, or 10 to 40,000"),
        (("--dataset", "set", "--steps", "40001"), "--steps 40001: give auto, or 10 to 40,000"),
        (("--dataset", "set", "--batch-size", "12"), "--batch-size 12: give a multiple of 8, from 8 to 192"),
        (("--dataset", "set", "--learning-rate", "2"), "--learning-rate 2: give 1e-07 to 1"),
        (("--dataset", "set", "--base-model", "stability.stable-image-core-v1:1"), "Bedrock does not fine-tune it"),
        (("--dataset", "set", "--units", "1"), "--units: belongs to `retake finetune throughput`"),
        (("--dataset", "set", "--name", "my model"), "--name my model: give"),
        (("throughput", "--name", "ron"), "throughput: give --units N to buy it, or --delete to delete it"),
        (("throughput", "--units", "1"), "--name: is missing"),
        (("throughput", "--name", "ron", "--units", "1", "--go"), "--go: creates a job from a plan"),
    ],
)
def test_command_line_when_it_cannot_work_then_one_line_says_why(
    retake: Retake, training: Path, arguments: tuple[str, ...], error: str
) -> None:
    done = retake("finetune", *arguments)

    assert done.code == 2
    assert len(done.errors) == 1
    assert error in done.stderr


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"image-ref": "images/0.png"}, 'line 1: is not {"image-ref": …, "caption": …}'),
        ({"image-ref": "images/0.png", "caption": "ab"}, "line 1: caption: give a text of 3 to 1,024 characters"),
        (
            {"image-ref": "images/9.png", "caption": "tiles"},
            "line 1: image-ref: 'images/9.png' is not a picture in set",
        ),
        ({"image-ref": "../x.png", "caption": "tiles"}, "line 1: image-ref: '../x.png' is not a picture in set"),
    ],
)
def test_set_when_a_line_is_broken_then_it_is_named(
    retake: Retake, training: Path, record: dict[str, str], fault: str
) -> None:
    manifest = training / "train.jsonl"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    manifest.write_text("\n".join([json.dumps(record), *lines[1:]]), encoding="utf-8")

    done = retake("finetune", "--dataset", "set")

    assert done.code == 2
    assert fault in done.stderr
