"""`python -m standin`: run the stand-in alone, for any program that reads AWS_ENDPOINT_URL_BEDROCK_RUNTIME."""

import argparse
import threading
from pathlib import Path

from standin import Options, StandIn, read_faults


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Exit with code 2 on bad arguments."""
    parser = argparse.ArgumentParser(prog="python -m standin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--faults", type=Path, metavar="FILE", help="JSON fault script (see standin/faults.py)")
    parser.add_argument(
        "--image-latency-s", type=float, default=0.0, metavar="X", help="seconds added to an image call"
    )
    parser.add_argument(
        "--claude-latency-s", type=float, default=0.0, metavar="X", help="seconds added to a Claude call"
    )
    parser.add_argument("--picture-side-px", type=int, metavar="N", help="longest side of a picture (for benchmarks)")
    parser.add_argument("--error-rate", type=float, metavar="X", help="chance (0-1) that a thing is painted wrong")
    parser.add_argument(
        "--image-calls-per-s", type=float, metavar="X", help="quota of each image model; calls above it are throttled"
    )
    parser.add_argument(
        "--s3-url", metavar="URL", help="where the training data of fine-tuning jobs is read and checked"
    )
    values = parser.parse_args(arguments)
    try:
        options = Options(
            image_latency_s=values.image_latency_s,
            claude_latency_s=values.claude_latency_s,
            picture_side_px=values.picture_side_px,
            error_rate=values.error_rate,
            image_calls_per_s=values.image_calls_per_s,
            s3_url=values.s3_url,
            faults=read_faults(values.faults) if values.faults else (),
        )
        stand_in = StandIn(options, port=values.port)
        stand_in.start()
    except (OSError, ValueError) as error:
        parser.error(str(error))
    print(f"Stand-in for Bedrock (no AI): export AWS_ENDPOINT_URL_BEDROCK_RUNTIME={stand_in.url}", flush=True)
    print(f"Fine-tuning, likewise: export AWS_ENDPOINT_URL_BEDROCK={stand_in.url}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stand_in.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
