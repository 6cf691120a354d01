"""What the five functions share: the request, the record in S3, the models, the bill."""
