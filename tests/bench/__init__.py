"""Measurements: `python -m tests.bench` takes them all and writes docs/benchmarks.md."""
