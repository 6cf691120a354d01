"""The questions to Claude: list the requirements, judge pictures against them, revise the prompt, check the revision."""
