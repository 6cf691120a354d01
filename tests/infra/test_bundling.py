"""The asset, really built: the files that Lambda would unpack."""

import ast
import re
import shutil
import struct
import sys
from pathlib import Path

import pytest

from infra import bundling
from lambdas.core.runtime.functions import FUNCTIONS

ROOT = Path(__file__).parents[2]
UNZIPPED_LIMIT_BYTES = 250 * 1024 * 1024
"""AWS: Lambda's quota for a deployment package, unzipped."""
_ELF_MACHINE_AARCH64 = 183


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the asset. uv caches the packages, so only the first build is slow."""
    target = tmp_path_factory.mktemp("bundle")
    bundling.bundle(target)
    return target


def test_the_asset_holds_every_handler_and_all_their_sources(bundle: Path) -> None:
    for name in FUNCTIONS:
        assert (bundle / "lambdas" / name / "handler.py").is_file()
    sources = {path.relative_to(bundling.SOURCES) for path in bundling.source_files()}
    shipped = {path.relative_to(bundle / "lambdas") for path in (bundle / "lambdas").rglob("*") if path.is_file()}
    assert shipped == sources
    assert Path("core/catalogue/models.json") in shipped


def test_every_import_of_the_handlers_is_in_the_asset_or_the_standard_library(bundle: Path) -> None:
    imported: set[str] = set()
    for source in (bundle / "lambdas").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    stubs = {name for name in imported if name.startswith("mypy_boto3_")}  # imported by the type checker only
    there = {path.stem for path in bundle.iterdir()}
    assert {"boto3", "aws_lambda_powertools"} <= imported
    assert imported - stubs - there - sys.stdlib_module_names == set()


def test_every_compiled_module_is_for_lambdas_processor_and_python(bundle: Path) -> None:
    modules = [path for path in bundle.rglob("*.so*") if path.is_file()]
    assert "_imaging.cpython-314-aarch64-linux-gnu.so" in {path.name for path in modules}
    for module in modules:
        magic, machine = struct.unpack("<4s14xH", module.read_bytes()[:20])
        assert (magic, machine) == (b"\x7fELF", _ELF_MACHINE_AARCH64), module.name


def test_the_asset_is_within_lambdas_limit_and_without_tests_and_installer_files(bundle: Path) -> None:
    files = [path for path in bundle.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < UNZIPPED_LIMIT_BYTES
    for path in files:
        parts = set(path.relative_to(bundle).parts)
        assert not parts & {"__pycache__", "tests", "bin", "RECORD", "INSTALLER"}, path
    assert any(path.parent.name == "licenses" for path in files)


def test_the_deployment_guide_says_how_large_the_asset_is(bundle: Path) -> None:
    guide = " ".join((ROOT / "docs" / "deploy.md").read_text(encoding="utf-8").split())
    (stated_mb,) = re.findall(r"about (\d+) MB unzipped", guide)
    size_mb = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file()) / 1e6
    assert size_mb == pytest.approx(float(stated_mb), rel=0.1)


def test_the_hash_depends_only_on_the_sources_and_the_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bundling.asset_hash()
    copy = tmp_path / "elsewhere" / "lambdas"
    shutil.copytree(bundling.SOURCES, copy)
    pins = tmp_path / "lambda.txt"
    shutil.copyfile(bundling.REQUIREMENTS, pins)
    monkeypatch.setattr(bundling, "SOURCES", copy)
    monkeypatch.setattr(bundling, "REQUIREMENTS", pins)
    (copy / "__pycache__").mkdir(exist_ok=True)
    (copy / "__pycache__" / "left.pyc").write_bytes(b"behind")
    assert bundling.asset_hash() == before

    pins.write_text(pins.read_text() + "# another pin\n")
    repinned = bundling.asset_hash()
    (copy / "prepare" / "handler.py").write_text("changed = True\n")
    assert len({before, repinned, bundling.asset_hash()}) == 3


def test_a_package_without_a_pinned_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = tmp_path / "lambda.txt"
    pins.write_text("six==1.17.0\n")
    monkeypatch.setattr(bundling, "REQUIREMENTS", pins)
    with pytest.raises(bundling.BundlingError, match=r"lambda\.txt cannot be installed: .*hash"):
        bundling.bundle(tmp_path / "target")
