"""Render docs/benchmarks.md as Markdown."""

from collections.abc import Sequence

from bench.section import Figure, Section, Table

_HEAD = """# Benchmarks

`make bench` takes these measurements and writes this page. `python -m bench NAME` takes one and prints it.
All figures are from one run on one machine, and are medians unless stated otherwise. Targets are ratios where possible, so
that they also hold on a slower machine.
"""


def render_page(machine: Sequence[tuple[str, str]], sections: Sequence[Section]) -> str:
    """Return the whole page."""
    return "\n".join([_HEAD, _table(Table(header=("", ""), rows=tuple(machine))), *map(render_section, sections)])


def render_section(section: Section) -> str:
    """Return one section: its figures, then how they were measured."""
    figures = Table(header=("Figure", "Measured", "Target", "Result"), rows=tuple(map(_row, section.figures)))
    return "\n".join([f"## {section.title}\n", _table(figures), section.how + "\n", *map(_table, section.tables)])


def format_value(figure: Figure) -> str:
    """Return the value with its unit."""
    return f"{figure.value:.{figure.digits}f} {figure.unit}".strip()


def _row(figure: Figure) -> tuple[str, str, str, str]:
    if figure.target is None:
        return figure.name, format_value(figure), "", ""
    target = f"{figure.target.sign} {figure.target.bound:.{min(figure.digits, 2)}f} {figure.unit}".strip()
    return figure.name, format_value(figure), target, "**missed**" if figure.is_missed else "pass"


def _table(table: Table) -> str:
    lines = [table.header, tuple("---" for _ in table.header), *table.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
