"""The Lambda functions, one folder each, and `core`, which they share."""
