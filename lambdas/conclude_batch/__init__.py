"""Conclude a batch."""
