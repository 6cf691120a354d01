"""The bucket for pictures, records and manifests, and the table that counts the spending of batches."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.nag import acknowledge

_ABORT_UPLOADS_AFTER_DAYS = 7
KEEP_REPLACED_VERSIONS_DAYS = 30


class Storage(Construct):
    """The bucket, which is kept when the stack is deleted (its pictures were paid for), and the table, which is not."""

    def __init__(self, scope: Construct, construct_id: str, *, expire_after_days: int | None) -> None:
        super().__init__(scope, construct_id)
        self.bucket = self._build_bucket(expire_after_days)
        self.batch_table = self._build_batch_table()
        self._send_events(self.bucket)
        acknowledge(
            self.bucket,
            {
                "AwsSolutions-S1": "Access logs need a second bucket, and nothing here reads them. To record who reads "
                "an object, enable CloudTrail data events for this bucket (docs/deploy.md)."
            },
        )

    def _build_bucket(self, expire_after_days: int | None) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            # Objects are written once, so versions cost almost nothing. A deleted picture can be restored for 30 days.
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        bucket.add_lifecycle_rule(
            id="clean-up",
            abort_incomplete_multipart_upload_after=Duration.days(_ABORT_UPLOADS_AFTER_DAYS),
            noncurrent_version_expiration=Duration.days(KEEP_REPLACED_VERSIONS_DAYS),
            expired_object_delete_marker=True,
        )
        if expire_after_days is not None:
            bucket.add_lifecycle_rule(id="expire", expiration=Duration.days(expire_after_days))
        return bucket

    def _build_batch_table(self) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            "BatchTable",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="expires_at",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            # The table only counts while a batch runs. The ledgers in the bucket keep what was paid.
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _send_events(self, bucket: s3.Bucket) -> None:
        # event_bridge_enabled=True would add a custom resource with a broad role, only to set this one property.
        resource = bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
