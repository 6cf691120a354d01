"""Batches: one manifest of many requests, run by one state machine."""
