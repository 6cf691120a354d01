"""Calls to the models on Bedrock: image models in `image/`, Claude in `claude/`."""
