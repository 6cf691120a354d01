"""The answers of the stand-in's Claude that need no picture: requirements, revised prompts, coverage."""
