"""The bucket is private, encrypted and kept; the table is on demand, has a TTL and can be restored."""

from typing import Any


def test_the_bucket_is_encrypted_private_versioned_and_sends_events(stack: Any) -> None:
    bucket = stack.only("AWS::S3::Bucket")
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    ]
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    assert bucket["PublicAccessBlockConfiguration"] == dict.fromkeys(closed, True)
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_the_bucket_policy_denies_requests_without_tls_1_2_and_allows_nothing(stack: Any) -> None:
    statements = stack.only("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    refused = [(statement["Effect"], statement["Action"], statement["Principal"]) for statement in statements]
    assert refused == [("Deny", "s3:*", {"AWS": "*"})] * 2
    assert [statement["Condition"] for statement in statements] == [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"NumericLessThan": {"s3:TlsVersion": 1.2}},
    ]
    for statement in statements:
        assert [stack.text(resource) for resource in statement["Resource"]] == ["<bucket>", "<bucket>/*"]


def test_the_bucket_outlives_the_stack(stack: Any) -> None:
    (bucket,) = stack.of_type("AWS::S3::Bucket").values()
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_records_are_kept_for_ever_unless_a_setting_says_otherwise(stack: Any, wide_stack: Any) -> None:
    clean_up = {
        "Id": "clean-up",
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "ExpiredObjectDeleteMarker": True,
    }
    expire = {"Id": "expire", "Status": "Enabled", "ExpirationInDays": 400}
    assert stack.only("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"] == [clean_up]
    assert wide_stack.only("AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"] == [clean_up, expire]


def test_the_table_is_on_demand_has_a_ttl_and_can_be_restored(stack: Any) -> None:
    table = stack.only("AWS::DynamoDB::Table")
    assert table == {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    }


def test_the_table_is_deleted_with_the_stack(stack: Any) -> None:
    (table,) = stack.of_type("AWS::DynamoDB::Table").values()
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Delete", "Delete")
