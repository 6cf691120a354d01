"""Validate image: Claude looks at the candidates of one attempt."""
