"""The state machine of one run."""

from collections.abc import Mapping

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.machine import build_machine
from infra.settings import Deployment

VERBS = ("prepare", "generate", "validate", "revise", "conclude")
"""The functions of a run. A batch also has Plan and Conclude batch."""


class Workflow(Construct):
    """`loop.asl.json`, which invokes the functions of a run."""

    def __init__(
        self, scope: Construct, construct_id: str, *, functions: Mapping[str, lambda_.Function], deployment: Deployment
    ) -> None:
        super().__init__(scope, construct_id)
        self.machine = build_machine(
            self, "loop", functions={verb: functions[verb] for verb in VERBS}, deployment=deployment
        )
