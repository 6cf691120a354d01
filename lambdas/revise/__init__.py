"""Revise prompt: Claude words the prompt anew."""
