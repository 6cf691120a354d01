"""Checks of the functions' log."""

import json
from typing import Any

_FORGED = ("forged", "owned")


def log_lines(log: str) -> list[dict[str, Any]]:
    """Return the objects of a log, one a line."""
    # CloudWatch ends a line at a line feed and nowhere else.
    return [json.loads(line) for line in log.removesuffix("\n").split("\n")]


def check_log(log: str, attack: str = "") -> list[dict[str, Any]]:
    """Return the log's lines, once each is known to be an object of ours. `attack` may be the value of a field."""
    lines = log_lines(log)
    for line in lines:
        assert isinstance(line, dict)
        assert line["service"] in ("retake", "moto") or line["service"].startswith("moto."), "a line is not ours"
        assert "_aws" not in line, "a line is a metric"
        assert line.get("run_id") not in _FORGED, "a line is forged"
        # People read the file in a terminal, which obeys escape sequences.
        assert attack in line.values() or "\x1b" not in json.dumps(line, ensure_ascii=False)
    return lines
