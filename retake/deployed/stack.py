"""The stack, as CloudFormation describes it."""

from retake.deployed.aws import Aws, StackError, errors_of
from retake.view import exit_codes


class DeployedStack:
    """One deployed stack of Retake and the clients that reach it.

    Raises:
        StackError: there is no such stack in the Region, or AWS cannot be asked.
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
                ) from None
            raise
        self._outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def output(self, name: str) -> str:
        """The value of an output of infra/stack.py.

        Raises:
            StackError: the stack has none, so it is not Retake's, or older.
        """
        if name not in self._outputs:
            raise StackError(
                f"the stack {self.name!r} in {self.aws.region} has no output {name}: it is not Retake's, or an older "
                "one; deploy it again",
                exit_codes.BAD_INPUT,
            )
        return self._outputs[name]
