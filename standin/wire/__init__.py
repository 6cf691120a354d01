"""Bedrock's HTTP protocol, with the models' documented limits and errors."""
