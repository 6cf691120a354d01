"""Measurements: `python -m bench` takes them all and writes docs/benchmarks.md."""
