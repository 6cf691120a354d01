"""Generate image: one attempt at one wording of the prompt."""
