"""What the stand-in's Claude answers: requirements, revised prompts, coverage."""
