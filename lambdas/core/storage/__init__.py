"""The records: a run's folder in S3, and the batch table in DynamoDB."""
