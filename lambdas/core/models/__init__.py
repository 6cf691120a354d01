"""How a model on Bedrock is called: the image models in `image/`, Claude in `claude/`."""
