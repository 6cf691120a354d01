"""The house itself: who may import whom, what may be committed, and that its papers are true."""

import ast
import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import boto3
import pytest
from pytest_socket import SocketConnectBlockedError

ROOT = Path(__file__).parents[1]
# Written in two halves, so that this file does not name what it looks for.
REGISTRIES = (
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "deb." + "debian",
    "snapshot." + "debian",
)
PATHS_OF_ONE_MACHINE = re.compile(r"(?<![\w.$}])/(?:work|root|home|Users)/[\w.]")
BINARY = {".png", ".jpg", ".ttf"}


def committed() -> list[Path]:
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in found.stdout.splitlines() if (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    files = [path for path in committed() if path.suffix not in BINARY]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}


def test_imports_go_only_in_the_directions_of_the_rooms() -> None:
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_room_of_lambdas_is_in_the_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    tracked = {path.relative_to(ROOT).parts for path in committed()}
    handlers = {f"lambdas.{parts[1]}" for parts in tracked if parts[0] == "lambdas" and parts[2:] == ("handler.py",)}
    assert "lambdas.prepare" in handlers
    by_name = {contract["name"]: contract for contract in contracts}
    assert set(by_name["handlers know core only, and not each other"]["modules"]) == handlers
    assert set(by_name["core knows nothing of ours"]["forbidden_modules"]) >= handlers
    assert handlers <= set(by_name["the stack knows core's runtime and catalogue, and no handler"]["forbidden_modules"])


def test_the_state_machines_are_read_with_the_standard_library_alone() -> None:
    sources = (ROOT / "statemachine").glob("*.py")
    trees = [node for path in sources for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    imported = [alias.name for node in trees if isinstance(node, ast.Import) for alias in node.names]
    imported += [node.module or "." for node in trees if isinstance(node, ast.ImportFrom)]
    assert imported
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names | {"statemachine"}


def test_nothing_committed_names_a_registry_or_a_path_of_one_machine() -> None:
    named = [
        f"{name}: {found}"
        for name, text in texts().items()
        for found in [*(host for host in REGISTRIES if host in text), *PATHS_OF_ONE_MACHINE.findall(text)]
    ]
    assert not named


@pytest.mark.parametrize("name", ["run", "dev", "lambda", "uv"])
def test_every_requirement_is_pinned_by_hash(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())
    assert blocks
    for block in blocks:
        assert re.match(r"[\w.\[\],-]+==[\w.]+", block), block
        assert "--hash=sha256:" in block, block


def test_the_functions_run_here_with_the_versions_that_are_deployed() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return dict(re.findall(r"(?m)^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", text))

    deployed, here = pins("lambda"), pins("run")
    assert deployed
    assert {name: here.get(name) for name in deployed} == deployed


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):", makefile))
    told = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"demo", "test", "check", "synth", "bench", "help"} <= targets
    assert set(re.findall(r"make ([a-z-]+)", told)) >= targets
    assert set(re.findall(r"(?m)^\.PHONY: (.*)$", makefile)[0].split()) == targets


def test_clean_leaves_pictures_that_may_have_cost_money() -> None:
    told = subprocess.run(["make", "-n", "clean"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert ".venv" in told.split()
    assert not {"out", "out/"} & set(told.split())


def test_no_request_of_a_test_leaves_the_machine() -> None:
    # Loopback too, but not the address that is let through: so nothing is sent even where this fails.
    with pytest.warns(UserWarning, match="tried to use socket"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("127.0.0.2", 9), timeout=1)


def test_no_credentials_or_settings_of_this_machine_reach_a_test() -> None:
    assert boto3.Session().get_credentials() is None
    assert boto3.Session().region_name == "us-east-1"
    assert not [name for name in os.environ if name.startswith(("RETAKE_", "POWERTOOLS_"))]


def test_every_link_in_the_papers_leads_somewhere() -> None:
    for name, text in texts().items():
        if not name.endswith(".md"):
            continue
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", text):
            assert ((ROOT / name).parent / link).exists(), f"{name} links to {link}"


def test_the_changelog_when_read_from_the_top_then_its_first_release_is_the_package_s_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    headings = re.findall(r"(?m)^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(project['version'])} - \d{{4}}-\d\d-\d\d", headings[1])


def test_the_readme_names_every_field_of_the_request() -> None:
    from lambdas.core.request.request import Request

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for field in Request.__dataclass_fields__:
        stem, _, suffix = field.rpartition("_")
        named = f"`{field}`" in readme or (stem.startswith("claude_") and f"_{suffix}" in readme)
        named = named or (
            field.startswith("claude_") and any(f"`_{end}`" in readme for end in ("top_p", "top_k", "max_tokens"))
        )
        assert named, field


def test_no_file_of_code_is_longer_than_300_lines() -> None:
    long = {
        name: text.count("\n")
        for name, text in texts().items()
        if name.endswith(".py") and not name.startswith("tests/") and text.count("\n") > 300
    }
    assert not long
