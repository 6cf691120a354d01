"""`python -m bench.one_invocation NAME`: run a handler with the event on standard input, and print its peak memory.

This module imports nothing that a Lambda function would not import, too.
"""

import importlib
import json
import resource
import sys


class _Context:
    aws_request_id = "bench"


def main(name: str) -> None:
    """Print {"answer": {...}, "peak_mib": 123.4} as the last line."""
    before_mib = _peak_mib()
    answer = importlib.import_module(f"lambdas.{name}.handler").handler(json.load(sys.stdin), _Context())
    peak_mib = _peak_mib()
    if peak_mib <= before_mib:
        raise RuntimeError(
            f"the peak of {before_mib:.0f} MiB was reached before the handler ran; it is the parent's memory"
        )
    print(json.dumps({"answer": answer, "peak_mib": round(peak_mib, 1)}))


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kibibytes, macOS bytes.
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main(sys.argv[1])
