"""statemachine.read: placeholders, escaping, and invalid definitions."""

import json
from pathlib import Path

import pytest

import statemachine
from statemachine import DefinitionError, placeholders, read

ARN = "arn:aws:lambda:us-east-1:123456789012:function:prepare"


@pytest.fixture
def machine(tmp_path: Path):
    def write(text: str) -> Path:
        (tmp_path / "m.asl.json").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_read_when_every_placeholder_has_a_value_then_they_are_replaced(machine):
    folder = machine('{"A": "${PrepareFunctionArn}", "B": ["x${Bucket}y"]}')
    assert json.loads(read("m", {"PrepareFunctionArn": ARN, "Bucket": "b"}, folder=folder)) == {"A": ARN, "B": ["xby"]}


@pytest.mark.parametrize("value", ['quote " backslash \\ newline \n', "${Bucket}", "\\1 \\g<0>", "日本語 🙂 \u2028"])
def test_read_when_a_value_holds_special_characters_then_the_text_is_still_json(machine, value):
    folder = machine('{"A": "${Bucket}"}')
    assert json.loads(read("m", {"Bucket": value}, folder=folder)) == {"A": value}


def test_read_when_a_value_is_missing_then_the_placeholder_is_named(machine):
    with pytest.raises(DefinitionError, match="no value .* Bucket, PrepareFunctionArn"):
        read("m", {}, folder=machine('{"A": "${PrepareFunctionArn}", "B": "${Bucket}"}'))


def test_read_when_a_value_has_no_placeholder_then_it_is_named(machine):
    with pytest.raises(DefinitionError, match="no placeholder for .* Bukcet"):
        read("m", {"Bucket": "b", "Bukcet": "b"}, folder=machine('{"A": "${Bucket}"}'))


def test_read_when_a_placeholder_is_outside_a_string_then_the_file_is_refused(machine):
    with pytest.raises(DefinitionError, match="not valid JSON"):
        read("m", {"Timeout": "5"}, folder=machine('{"TimeoutSeconds": ${Timeout}}'))


def test_read_when_a_state_is_defined_twice_then_the_file_is_refused(machine):
    with pytest.raises(DefinitionError, match="'Generate' occurs twice"):
        read("m", {}, folder=machine('{"States": {"Generate": {}, "Generate": {}}}'))


@pytest.mark.parametrize("text", ["[]", '"x"'])
def test_read_when_the_file_is_not_an_object_then_it_is_refused(machine, text):
    with pytest.raises(DefinitionError, match="not a JSON object"):
        read("m", {}, folder=machine(text))


def test_read_when_the_file_does_not_exist_then_the_error_names_it(tmp_path):
    with pytest.raises(DefinitionError, match=r"no state machine 'lop': lop\.asl\.json"):
        read("lop", {}, folder=tmp_path)


def test_read_when_an_expression_has_a_dollar_sign_then_it_is_unchanged(machine):
    text = '{"A": "{% $x & \'${\' & $states.input.$y %}"}'
    assert read("m", {}, folder=machine(text)) == text


def test_placeholders_returns_each_name_once(machine):
    folder = machine('{"A": "${One}", "B": "${Two}", "C": "${One}"}')
    assert placeholders("m", folder=folder) == {"One", "Two"}


def test_shipped_machines_when_read_with_all_placeholders_then_they_are_json():
    machines = [path.name.removesuffix(".asl.json") for path in statemachine.FOLDER.glob("*.asl.json")]
    assert "loop" in machines
    for name in machines:
        assert json.loads(read(name, dict.fromkeys(placeholders(name), ARN)))["StartAt"]
