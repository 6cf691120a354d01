"""Validate image: have Claude judge the candidates of one attempt."""
