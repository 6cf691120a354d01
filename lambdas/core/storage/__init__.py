"""Where records are kept: the run's folder in S3, and the batch table in DynamoDB."""
