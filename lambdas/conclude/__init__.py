"""Conclude: the result, the proof sheet and the metrics, on every path."""
