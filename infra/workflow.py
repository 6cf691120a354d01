"""The state machine of one run."""

from collections.abc import Mapping

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.machine import build_machine
from infra.settings import Deployment
from lambdas.core.runtime.functions import LOOP_FUNCTIONS


class Workflow(Construct):
    """`loop.asl.json`, which invokes the functions of a run."""

    def __init__(
        self, scope: Construct, construct_id: str, *, functions: Mapping[str, lambda_.Function], deployment: Deployment
    ) -> None:
        super().__init__(scope, construct_id)
        self.machine = build_machine(
            self, "loop", functions={name: functions[name] for name in LOOP_FUNCTIONS}, deployment=deployment
        )
