"""Bedrock's protocol over HTTP, with the models' documented limits and errors."""
