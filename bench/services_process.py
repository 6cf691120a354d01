"""`python -m bench.services_process RGB|RGBA`: serve an S3 and a stand-in that paints noise, on loopback.

Print {"s3": url, "bedrock": url} and serve until standard input is closed.
"""

import json
import os
import sys
from typing import Any
from unittest.mock import patch

from PIL import Image

from bench.loopback_s3 import LoopbackS3
from standin import StandIn
from standin.scenes import painter


def main(mode: str) -> None:
    """Serve until standard input is closed."""

    def noise(
        _prompt: str, _negative_prompt: str, _seed: int, width_px: int, height_px: int, *_: Any, **__: Any
    ) -> Image.Image:
        return Image.frombytes(mode, (width_px, height_px), os.urandom(width_px * height_px * len(mode)))

    with (
        patch.object(painter, "paint", noise),
        StandIn() as bedrock,
        LoopbackS3() as s3,
    ):
        print(json.dumps({"s3": s3.url, "bedrock": bedrock.url}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
