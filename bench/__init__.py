"""The measurements. `python -m bench` takes all of them and writes docs/benchmarks.md."""
