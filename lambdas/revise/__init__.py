"""Revise prompt: Claude rewrites the prompt."""
