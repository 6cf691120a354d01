"""The repository: import contracts, pinned versions, committed files, and links in the documents."""

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
# Written in two parts, so that this file does not contain what it searches for.
REGISTRIES = (
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "deb." + "debian",
    "snapshot." + "debian",
)
PATHS_OF_ONE_MACHINE = re.compile(r"(?<![\w.$}])/(?:work|root|home|Users)/[\w.]")
BINARY = {".png", ".jpg", ".ttf"}


def committed_files() -> list[Path]:
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in found.stdout.splitlines() if (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    files = [path for path in committed_files() if path.suffix not in BINARY]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}


def test_the_import_contracts_are_kept() -> None:
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_handler_is_in_the_import_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    tracked = {path.relative_to(ROOT).parts for path in committed_files()}
    handlers = {f"lambdas.{parts[1]}" for parts in tracked if parts[0] == "lambdas" and parts[2:] == ("handler.py",)}
    assert "lambdas.prepare" in handlers
    by_name = {contract["name"]: contract for contract in contracts}
    assert set(by_name["handlers import core, and not each other"]["modules"]) == handlers
    assert set(by_name["core imports nothing else of the project"]["forbidden_modules"]) >= handlers
    assert handlers <= set(
        by_name["infra imports core's runtime, catalogue and admission, and no handler"]["forbidden_modules"]
    )


def test_statemachine_imports_only_the_standard_library() -> None:
    sources = (ROOT / "statemachine").glob("*.py")
    trees = [node for path in sources for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    imported = [alias.name for node in trees if isinstance(node, ast.Import) for alias in node.names]
    imported += [node.module or "." for node in trees if isinstance(node, ast.ImportFrom)]
    assert imported
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names | {"statemachine"}


def test_no_committed_file_names_a_registry_or_a_path_of_one_machine() -> None:
    named = [
        f"{name}: {found}"
        for name, text in texts().items()
        for found in [*(host for host in REGISTRIES if host in text), *PATHS_OF_ONE_MACHINE.findall(text)]
    ]
    assert not named


@pytest.mark.parametrize("name", ["run", "dev", "lambda", "uv", "ministack"])
def test_every_requirement_is_pinned_by_hash(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())
    assert blocks
    for block in blocks:
        assert re.match(r"[\w.\[\],-]+==[\w.]+", block), block
        assert "--hash=sha256:" in block, block


def test_functions_run_locally_with_the_deployed_versions_of_packages() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return dict(re.findall(r"(?m)^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", text))

    deployed, local = pins("lambda"), pins("run")
    assert deployed
    assert {name: local.get(name) for name in deployed} == deployed


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):", makefile))
    output = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"demo", "test", "check", "synth", "bench", "help"} <= targets
    assert set(re.findall(r"make ([a-z-]+)", output)) >= targets
    assert set(re.findall(r"(?m)^\.PHONY: (.*)$", makefile)[0].split()) == targets


def test_make_clean_keeps_pictures_that_may_have_cost_money() -> None:
    output = subprocess.run(["make", "-n", "clean"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert ".venv" in output.split()
    assert not {"out", "out/"} & set(output.split())


def test_tests_cannot_connect_to_other_machines() -> None:
    # Another loopback address than the allowed one, so that nothing leaves the machine even if this test fails.
    with pytest.warns(UserWarning, match="tried to use socket"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("127.0.0.2", 9), timeout=1)


def test_no_credentials_or_settings_of_this_machine_reach_a_test() -> None:
    assert boto3.Session().get_credentials() is None
    assert boto3.Session().region_name == "us-east-1"
    assert not [name for name in os.environ if name.startswith(("RETAKE_", "POWERTOOLS_"))]


def test_every_link_in_the_documents_has_a_target() -> None:
    for name, text in texts().items():
        if not name.endswith(".md"):
            continue
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", text):
            assert ((ROOT / name).parent / link).exists(), f"{name} links to {link}"


def test_the_latest_release_in_the_changelog_is_the_version_of_the_package() -> None:
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


def test_every_kind_of_file_in_the_packages_is_installed_with_them() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    installed = {"*.py", *tool["package-data"]["*"]}
    packages = {name.removesuffix("*") for name in tool["packages"]["find"]["include"]}
    parts = (path.relative_to(ROOT) for path in committed_files())
    assert {f"*{path.suffix}" for path in parts if path.parts[0] in packages} <= installed
