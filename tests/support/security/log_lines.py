"""What must hold for a log, whatever the texts in it say."""

import json
from typing import Any

_FORGED = ("forged", "owned")


def check_log(written: str, said: str = "") -> list[dict[str, Any]]:
    """The log's lines, each an object of ours. `said` is a text that may stand in values, as it is."""
    # CloudWatch ends a line at a line feed and nowhere else.
    lines: list[dict[str, Any]] = [json.loads(line) for line in written.removesuffix("\n").split("\n")]
    for line in lines:
        assert isinstance(line, dict)
        assert line["service"] in ("retake", "moto") or line["service"].startswith("moto."), "a line is not ours"
        assert "_aws" not in line, "a line is a metric"
        assert line.get("run_id") not in _FORGED, "a line is forged"
        # What a terminal would obey, in a file that people read with one.
        assert said in line.values() or "\x1b" not in json.dumps(line, ensure_ascii=False)
    return lines
