"""The embedded default: everything Retake needs to run on one machine with no AWS account."""
