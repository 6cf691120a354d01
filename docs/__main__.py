"""`python -m docs [--check]`: write the generated parts of every page, or list the pages that are out of date.

A part stands between `[[[cog` and `[[[end]]]`, in HTML comments. Exit code: 0; not 0 if a page is out of date.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from cogapp import Cog

ROOT = Path(__file__).parents[1]


def pages() -> list[Path]:
    """Return the pages that may have generated parts."""
    return [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def main(options: Sequence[str]) -> int:
    """Run cog over the pages; return its exit code."""
    mode = ["--check", "--diff", "--check-fail-msg=run `make docs`"] if "--check" in options else ["-r"]
    arguments = ["cog", "-U", "-n", "utf-8", "--verbosity=1", "-p", "from docs import tables", *mode]
    code: int = Cog().main([*arguments, *map(str, pages())])
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
