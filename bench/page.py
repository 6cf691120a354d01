"""docs/benchmarks.md, as Markdown."""

from collections.abc import Sequence

from bench.section import Figure, Section, Table

_HEAD = """# Benchmarks

`make bench` takes these measurements and writes this page; `python -m bench NAME` takes one and prints it.
Everything is measured in one run on one machine. Each figure is a median unless it says otherwise, and the targets are
ratios where they can be, so that a slower machine gives the same answer.
"""


def page(machine: Sequence[tuple[str, str]], sections: Sequence[Section]) -> str:
    """The whole page."""
    return "\n".join([_HEAD, _table(Table(header=("", ""), rows=tuple(machine))), *map(section_text, sections)])


def section_text(section: Section) -> str:
    """One section: its figures first, then how they were taken."""
    figures = Table(header=("Figure", "Measured", "Target", "Result"), rows=tuple(map(_row, section.figures)))
    return "\n".join([f"## {section.title}\n", _table(figures), section.how + "\n", *map(_table, section.tables)])


def measured(figure: Figure) -> str:
    """The value with its unit."""
    return f"{figure.value:.{figure.digits}f} {figure.unit}".strip()


def _row(figure: Figure) -> tuple[str, str, str, str]:
    if figure.target is None:
        return figure.name, measured(figure), "", ""
    target = f"{figure.target.sign} {figure.target.bound:.{min(figure.digits, 2)}f} {figure.unit}".strip()
    return figure.name, measured(figure), target, "**missed**" if figure.is_missed else "pass"


def _table(table: Table) -> str:
    lines = [table.header, tuple("---" for _ in table.header), *table.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
