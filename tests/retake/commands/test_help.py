"""The help texts and the version, compared with the documents and the package."""

import re
from importlib.metadata import entry_points, version

import pytest

from retake import entry
from retake.cli import app
from tests.support.harnesses.command import ROOT, Retake

COMMANDS = [command.name for command in app.registered_commands if command.name]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_when_printed_then_the_documents_show_the_same(command: str, retake: Retake) -> None:
    done = retake(command, "--help", environment={"COLUMNS": "80"})

    assert (done.code, done.stderr) == (0, "")
    documented = re.findall(
        r"^```text\n(.*?)^```$", (ROOT / "docs/cli.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert f"$ retake {command} --help\n{done.stdout}" in documented


def test_help_when_the_terminal_is_narrow_then_no_summary_is_cut_and_no_line_is_longer(retake: Retake) -> None:
    narrow = {"COLUMNS": "80"}
    _, commands = retake("--help", environment=narrow).stdout.split("Commands:\n")

    assert [line for line in commands.splitlines() if "..." in line] == []
    assert len(commands.splitlines()) == len(COMMANDS)


def test_examples_when_they_name_a_file_then_it_exists(retake: Retake) -> None:
    named = {command: re.findall(r"events/\S+\.jsonl?", retake(command, "--help").stdout) for command in COMMANDS}

    assert named["run"]
    assert named["estimate"]
    assert [name for names in named.values() for name in names if not (ROOT / name).is_file()] == []


def test_version_when_printed_then_it_is_that_of_the_package(retake: Retake) -> None:
    done = retake("--version")

    assert (done.code, done.stdout, done.stderr) == (0, f"retake {version('retake')}\n", "")


def test_script_when_installed_then_it_is_this_command() -> None:
    (script,) = entry_points(group="console_scripts", name="retake")

    assert script.load() is entry.main
