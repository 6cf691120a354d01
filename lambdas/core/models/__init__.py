"""How models on Bedrock are called: image models and Claude."""
