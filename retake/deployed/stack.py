"""A deployed stack: its outputs, as CloudFormation describes them, and its executions."""

from dataclasses import dataclass

from retake.deployed.aws import Aws, StackError, errors_of
from retake.deployed.execution import Execution
from retake.view import exit_codes


@dataclass(frozen=True)
class FoundExecution:
    """An execution of one of the stack's two state machines."""

    execution: Execution
    is_batch: bool


class DeployedStack:
    """One deployed stack of Retake, and the clients that reach it.

    Raises:
        StackError: there is no such stack in the Region, or a call to AWS failed.
    """

    def __init__(self, name: str, region: str | None) -> None:
        self.name = name
        self.aws = Aws(region)
        try:
            with errors_of("cloudformation", name):
                found = self.aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except StackError as error:
            if error.code == "ValidationError":
                raise StackError(
                    f"there is no stack {name!r} in {self.aws.region}; give its name with --stack and its Region with "
                    "--region",
                    exit_codes.BAD_INPUT,
                    error.code,
                ) from None
            raise
        self.status = str(found.get("StackStatus"))
        """Its status in CloudFormation: UPDATE_COMPLETE, …"""
        self._outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def output(self, name: str) -> str:
        """Return the value of an output of infra/stack.py.

        Raises:
            StackError: the stack has no such output, so it is not a stack of Retake, or an older one.
        """
        if name not in self._outputs:
            raise StackError(
                f"the stack {self.name!r} in {self.aws.region} has no output {name}: it is not Retake's, or an older "
                "one; deploy it again",
                exit_codes.BAD_INPUT,
            )
        return self._outputs[name]

    def find_execution(self, name: str) -> FoundExecution:
        """Return the execution with this name or ARN, of a run or of a batch.

        Raises:
            StackError: the stack has no such execution, or a call to AWS failed.
        """
        for output, is_batch in (("StateMachineArn", False), ("BatchStateMachineArn", True)):
            if execution := Execution.find(self.aws.stepfunctions, self.output(output), name):
                return FoundExecution(execution, is_batch)
        raise StackError(
            f"the stack {self.name!r} in {self.aws.region} has no execution {name!r}; AWS keeps executions for 90 days",
            exit_codes.BAD_INPUT,
        )
