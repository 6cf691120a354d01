"""`retake finetune`: plan a fine-tuning job, create it, follow it, and serve the model that it makes."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from retake.commands.options import Region
from retake.view import exit_codes
from retake.view.errors import BadInputError
from retake.view.output import print_stderr, to_json, write_stdout

if TYPE_CHECKING:
    from retake.customization.plan import Plan
    from retake.deployed.aws import Aws

_BASE_MODEL, _BATCH_SIZE, _LEARNING_RATE = "amazon.titan-image-generator-v2:0", 8, 1e-5


def finetune(
    action: Annotated[
        Literal["plan", "follow", "throughput"],
        typer.Argument(help="Plan a job and, with --go, create it; follow one; or buy or delete throughput."),
    ] = "plan",
    dataset: Annotated[
        str | None, typer.Option(metavar="DIR|S3", help="The set that `retake dataset` made: its folder or s3://….")
    ] = None,
    steps: Annotated[str, typer.Option(metavar="N|auto", help="Training steps, 10 to 40,000.")] = "auto",
    batch_size: Annotated[int, typer.Option(metavar="N", help="Pictures in each step, a multiple of 8.")] = _BATCH_SIZE,
    learning_rate: Annotated[
        float, typer.Option(metavar="X", help="How fast weights change.", show_default="1e-5")
    ] = _LEARNING_RATE,
    base_model: Annotated[str, typer.Option(metavar="ID", help="The model to fine-tune.")] = _BASE_MODEL,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The name of the job, model and throughput.")] = None,
    go: Annotated[bool, typer.Option("--go", help="Create the job, which costs what the plan says.")] = False,
    units: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="With throughput: buy N model units, by the hour.")
    ] = None,
    delete: Annotated[bool, typer.Option("--delete", help="With throughput: delete it, which ends its cost.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan or the result as one JSON document.")] = False,
    stack: Annotated[
        str | None, typer.Option(metavar="NAME", help="The stack whose bucket and role the job uses.")
    ] = None,
    region: Region = None,
) -> int:
    """Fine-tune Titan on a training set, and serve it.

    Without --go, only the plan is printed: steps by AWS's published table (interpolated between its rows), batch size,
    learning rate, the cost, and the lifecycle of the base model. --go creates the job with the role and the bucket of the
    stack (setting `customization`) and follows it. Ctrl-C stops following, never the job. The same plan is the same job: it
    is not created twice. --go is refused for a Legacy or ended base model, as Amazon Bedrock would.

    \b
    Examples:
      retake finetune --dataset set --steps auto
      retake finetune --dataset s3://BUCKET/customization/ron --steps 5000 --go --stack Retake
      retake finetune follow --name retake-3f9c2a10b7d4 --stack Retake
      retake finetune throughput --name retake-3f9c2a10b7d4 --units 1 --stack Retake
      retake finetune throughput --name retake-3f9c2a10b7d4 --delete --stack Retake

    More steps when the style does not show; fewer when it shows with artifacts or blur. Throughput is billed by the hour,
    used or not, until it is deleted; model units must be requested from AWS Support first.

    \b
    Exit codes:
        0  planned, completed, in service, or deleted
        2  bad input, or the lifecycle of the base model forbids it
        3  a fault: the job failed, the credentials, AWS
      130  no longer followed; the job continues
    """  # noqa: D301 - \b keeps a paragraph from being wrapped
    if action == "plan":
        _refuse(units is not None, "--units", "belongs to `retake finetune throughput`")
        _refuse(delete, "--delete", "belongs to `retake finetune throughput`")
        return _plan(dataset, steps, batch_size, learning_rate, base_model, name, go, as_json, stack, region)
    _refuse(go, "--go", "creates a job from a plan; leave it out")
    _refuse(dataset is not None, "--dataset", "belongs to a plan; leave it out")
    if name is None:
        raise BadInputError("--name: is missing; the plan and `--go` print it")
    if action == "follow":
        _refuse(units is not None, "--units", "belongs to `retake finetune throughput`")
        _refuse(delete, "--delete", "belongs to `retake finetune throughput`")
        return _follow(_aws(stack, region), name, as_json, stack)
    if delete == (units is not None):
        raise BadInputError("throughput: give --units N to buy it, or --delete to delete it")
    return _throughput(_aws(stack, region), name, units, as_json, stack)


def _refuse(is_given: bool, option: str, why: str) -> None:
    if is_given:
        raise BadInputError(f"{option}: {why}")


def _aws(stack: str | None, region: str | None) -> "Aws":
    from retake.deployed.aws import Aws

    # With a stack, only its Region counts here.
    return Aws(region)


def _plan(
    dataset: str | None,
    steps: str,
    batch_size: int,
    learning_rate: float,
    base_model: str,
    name: str | None,
    go: bool,
    as_json: bool,
    stack: str | None,
    region: str | None,
) -> int:
    from retake.customization.dataset_source import read_dataset
    from retake.customization.plan import lifecycle_fault, make_plan

    if dataset is None:
        raise BadInputError("--dataset: is missing; `retake dataset` makes one")
    plan = make_plan(read_dataset(dataset, region), base_model, steps, batch_size, learning_rate, name)
    fault = lifecycle_fault(plan.base, datetime.now(UTC).date())
    lines = [*plan.lines(), *([f"warning        {fault}"] if fault else [])]
    if not go:
        document = {**plan.to_json(), "warnings": [fault] if fault else []}
        write_stdout(to_json(document) if as_json else "\n".join(lines).encode())
        print_stderr("nothing was created; --go --stack NAME creates the job")
        return exit_codes.ACCEPTED
    for line in lines:
        print_stderr(line)
    return _create(plan, fault, as_json, stack, region)


def _create(plan: "Plan", fault: str | None, as_json: bool, stack: str | None, region: str | None) -> int:
    from retake.customization.bedrock import service_lifecycle_fault
    from retake.customization.job import create_job
    from retake.deployed.stack import DeployedStack

    if stack is None:
        raise BadInputError(
            f"--go: refused; {fault}" if fault else "--go: needs --stack NAME, whose bucket and role the job uses"
        )
    deployed = DeployedStack(stack, region)
    if deployed.aws.region not in plan.base.regions:
        raise BadInputError(
            f"--go: refused; {plan.base.model_id} is not offered in {deployed.aws.region}, the Region of the stack, but in "
            f"{', '.join(plan.base.regions)}"
        )
    if fault := service_lifecycle_fault(deployed.aws, plan.base, datetime.now(UTC).date()):
        raise BadInputError(f"--go: refused; {fault}")
    arn = create_job(deployed, plan)
    print_stderr(f"job      {arn}")
    return _follow(deployed.aws, plan.name, as_json, stack)


def _follow(aws: "Aws", name: str, as_json: bool, stack: str | None) -> int:
    from retake.customization.job import follow_job

    place = _place(stack, aws)
    try:
        job = follow_job(aws, name)
    except KeyboardInterrupt:
        print_stderr(f"no longer followed; the job {name} continues in AWS")
        print_stderr(f"follow it  retake finetune follow --name {name} {place}")
        print_stderr(
            f"stop it    aws bedrock stop-model-customization-job --job-identifier {name} --region {aws.region}"
        )
        return exit_codes.INTERRUPTED
    arn = str(job["outputModelArn"])
    base_id = str(job["baseModelArn"]).rpartition("/")[2]
    print_stderr(f"model    {arn}")
    print_stderr(f"next     retake finetune throughput --name {name} --units 1 {place}")
    print_stderr("settings for cdk.json, with the ARN that the next command prints:")
    _print_settings("ARN OF THE THROUGHPUT", base_id, name)
    document = {"name": name, "job_arn": job["jobArn"], "model_arn": arn, "base_model_id": base_id}
    write_stdout(to_json(document) if as_json else arn.encode())
    return exit_codes.ACCEPTED


def _throughput(aws: "Aws", name: str, units: int | None, as_json: bool, stack: str | None) -> int:
    from retake.customization.throughput import PRICE, create_throughput, delete_throughput

    place = _place(stack, aws)
    if units is None:
        delete_throughput(aws, name)
        print_stderr(f"the throughput {name} is deleted; the custom model stays, and can be served again")
        if as_json:
            write_stdout(to_json({"name": name, "deleted": True}))
        return exit_codes.ACCEPTED
    print_stderr(
        f"throughput  {units} model {'unit' if units == 1 else 'units'}, billed by the hour until deleted; {PRICE}"
    )
    try:
        served = create_throughput(aws, name, units)
    except KeyboardInterrupt:
        print_stderr(f"no longer followed; the throughput {name} continues in AWS, and is billed by the hour")
        print_stderr(f"follow it  retake finetune throughput --name {name} --units {units} {place}")
        print_stderr(f"delete it  retake finetune throughput --name {name} --delete {place}")
        return exit_codes.INTERRUPTED
    arn, base_id = str(served["provisionedModelArn"]), str(served["foundationModelArn"]).rpartition("/")[2]
    print_stderr("settings for cdk.json:")
    setting = _print_settings(arn, base_id, name)
    print_stderr(f"delete it  retake finetune throughput --name {name} --delete {place}")
    document = {"name": name, "arn": arn, "units": served["modelUnits"], "settings": setting}
    write_stdout(to_json(document) if as_json else arn.encode())
    return exit_codes.ACCEPTED


def _print_settings(arn: str, base_id: str, name: str) -> dict[str, Any]:
    import json

    setting = {
        "retake:image_model_id": arn,
        "retake:custom_models": [{"arn": arn, "base_model_id": base_id, "name": name}],
    }
    for key, value in setting.items():
        print_stderr(f'  "{key}": {json.dumps(value)},')
    return setting


def _place(stack: str | None, aws: "Aws") -> str:
    return f"--stack {stack} --region {aws.region}" if stack else f"--region {aws.region}"
