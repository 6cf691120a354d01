"""The hooks of .pre-commit-config.yaml, installed as by `make hooks`, in a new repository."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pre_commit.clientlib import load_config

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / ".pre-commit-config.yaml"
GOOD = '"""A module."""\n\nNUMBER = 1\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty repository with the hooks installed, and the tools where the hooks expect them."""
    if not (ROOT / ".venv").exists():
        pytest.skip("the tools are not in .venv; make puts them there")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    for name in (CONFIG.name, ".gitignore", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.name", "Somebody")
    git(tmp_path, "config", "user.email", "somebody@example.com")
    installed = subprocess.run(
        [".venv/bin/pre-commit", "install"], cwd=tmp_path, env=environment(tmp_path), capture_output=True, check=False
    )
    assert installed.returncode == 0, installed.stderr
    return tmp_path


def environment(repository: Path) -> dict[str, str]:
    # git sets GIT_* for its hooks, and a hook may have started these tests.
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # The packages that mypy and the import contracts read are not in this repository.
    return {**ours, "PRE_COMMIT_HOME": str(repository / ".git" / "pre-commit"), "SKIP": "types,imports"}


def git(repository: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", *arguments],
        cwd=repository,
        env=environment(repository),
        capture_output=True,
        text=True,
        check=False,
    )


def commit(repository: Path, text: str) -> "subprocess.CompletedProcess[str]":
    (repository / "module.py").write_text(text, encoding="utf-8")
    git(repository, "add", "module.py")
    return git(repository, "commit", "--message", "A module")


def test_a_commit_when_the_format_is_bad_then_it_is_refused(repository: Path) -> None:
    refused = commit(repository, GOOD.replace("= 1", "=  1"))

    assert refused.returncode == 1
    assert "ruff format" in refused.stderr
    assert git(repository, "log").returncode != 0


def test_a_commit_when_ruff_objects_then_it_is_refused(repository: Path) -> None:
    refused = commit(repository, GOOD.replace("NUMBER", "import os\n\nNUMBER"))

    assert refused.returncode == 1
    assert "F401" in refused.stderr


def test_a_commit_when_every_check_passes_then_it_is_made(repository: Path) -> None:
    made = commit(repository, GOOD)

    assert made.returncode == 0, made.stderr
    assert git(repository, "log", "--format=%s").stdout == "A module\n"


def test_every_hook_runs_a_tool_of_this_checkout() -> None:
    repositories = load_config(CONFIG)["repos"]

    assert [repository["repo"] for repository in repositories] == ["local"]
    hooks = {hook["id"]: hook for hook in repositories[0]["hooks"]}
    assert set(hooks) == {"format", "lint", "types", "imports", "asl"}
    assert all(hook["entry"].startswith((".venv/bin/", "sh -c 'make")) for hook in hooks.values())
    # pre-commit installs nothing for the hooks. It reads `system` as `unsupported`, its new name.
    assert {hook["language"] for hook in hooks.values()} == {"unsupported"}
