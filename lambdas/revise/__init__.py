"""Revise prompt: have Claude rewrite the prompt."""
