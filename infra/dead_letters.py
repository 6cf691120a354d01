"""Queues for what EventBridge could not deliver, so that no start is lost without a trace."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.nag import acknowledge

KEPT_DAYS = 14
"""The most that SQS keeps a message."""

RETRIES = 10
MAX_AGE_HOURS = 2
"""After this a start is late enough for a person to decide."""


def dead_letter_queue(scope: Construct, construct_id: str) -> sqs.Queue:
    """A queue that somebody reads after an alarm, and nothing else."""
    queue = sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(KEPT_DAYS),
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(
        queue, {"AwsSolutions-SQS3": "It is a dead-letter queue itself, of EventBridge, which cdk-nag does not see."}
    )
    return queue
