"""Batches: many requests in one file, run by one state machine."""
