"""The files of the machines are laid out as tables, and the layout changes only white space."""

import json
from typing import Any

import pytest

from statemachine import FOLDER
from statemachine.layout import lay_out

MACHINES = sorted(FOLDER.glob("*.asl.json"))
machines = pytest.mark.parametrize("text", [path.read_text(encoding="utf-8") for path in MACHINES], ids=lambda _: "")


@machines
def test_a_machine_is_in_the_layout(text: str) -> None:
    assert lay_out(json.loads(text)) == text, "run make format"


@machines
def test_a_machine_has_a_line_for_each_field_of_a_state_and_for_each_row_of_its_tables(text: str) -> None:
    lines = [line.strip().removesuffix(",") for line in text.splitlines()]

    def look(states: dict[str, Any]) -> None:
        for name, state in states.items():
            assert f'"{name}": {{' in lines
            for row in [*state.get("Retry", []), *state.get("Catch", []), *state.get("Choices", [])]:
                assert json.dumps(row, ensure_ascii=False) in lines
            assert f'"Comment": {json.dumps(state["Comment"], ensure_ascii=False)}' in lines
            for inner in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
                look(inner["States"])

    look(json.loads(text)["States"])


def test_a_value_is_on_one_line_if_it_fits_and_otherwise_each_part_is_on_a_line() -> None:
    short, long = {"a": [1, None, "é"]}, {"b": "x" * 110, "c": {"d": []}}
    laid_out = lay_out({"States": {"One": {"Type": "Pass", "Output": short, "Assign": long}}})
    assert laid_out.splitlines() == [
        "{",
        '  "States": {',
        '    "One": {',
        '      "Type": "Pass",',
        '      "Output": {"a": [1, null, "é"]},',
        '      "Assign": {',
        f'        "b": "{"x" * 110}",',
        '        "c": {"d": []}',
        "      }",
        "    }",
        "  }",
        "}",
    ]


def test_each_row_of_a_table_is_on_one_line_whatever_its_length() -> None:
    row = {"ErrorEquals": ["States.ALL"], "Output": "x" * 200, "Next": "One"}
    laid_out = lay_out({"States": {"One": {"Catch": [row]}}})
    assert f"        {json.dumps(row)}\n" in laid_out
