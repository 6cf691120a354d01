"""The request: its fields, requirements and trigger, and whether a model can use its prompt."""
