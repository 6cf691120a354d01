"""Dead-letter queues for starts that EventBridge could not deliver."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.nag import acknowledge

KEPT_DAYS = 14
"""AWS: the longest that SQS keeps a message."""

RETRIES = 10
MAX_AGE_HOURS = 2
"""A start that fails for longer than this goes to the queue, where a person decides whether it still matters."""


def dead_letter_queue(scope: Construct, construct_id: str) -> sqs.Queue:
    """Build a queue for failed starts. An alarm watches it; nothing reads it automatically."""
    queue = sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(KEPT_DAYS),
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(
        queue,
        {"AwsSolutions-SQS3": "This is a dead-letter queue of EventBridge; cdk-nag recognizes only those of SQS."},
    )
    return queue
