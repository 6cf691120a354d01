"""The context of a Lambda invocation."""


class LambdaContext:
    """The one attribute that the functions read."""

    aws_request_id = "request-1"
