"""Conclude: write the result and the proof sheet and emit the metrics, however the run ended."""
