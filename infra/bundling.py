"""Build the one asset of all functions: `lambdas/` and its pinned packages, for Lambda, without Docker."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import jsii
import uv
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk.aws_lambda import Architecture, Code, Runtime

_ROOT = Path(__file__).resolve().parent.parent
SOURCES = _ROOT / "lambdas"
REQUIREMENTS = _ROOT / "requirements" / "lambda.txt"

RUNTIME = Runtime.PYTHON_3_14
ARCHITECTURE = Architecture.ARM_64
_PYTHON_VERSION = "3.14"
# AWS: Python 3.14 runs on Amazon Linux 2023, whose glibc is 2.34.
_PLATFORM = "aarch64-manylinux_2_28"

_NOT_SHIPPED = {"__pycache__", "tests", "bin", ".lock", "RECORD", "INSTALLER", "REQUESTED"}
"""Names left out of the asset: caches, tests, shell scripts and the installer's own records. Licences are shipped."""


class BundlingError(RuntimeError):
    """The packages could not be installed. The message ends with the installer's error output."""


def lambda_code() -> Code:
    """Return the code of all functions: one asset, so that every function has the same version."""
    return Code.from_asset(
        str(SOURCES),
        asset_hash=asset_hash(),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            image=DockerImage.from_registry("scratch"),
            local=LocalBundling(),  # type: ignore[arg-type]  # see try_bundle
        ),
    )


def asset_hash() -> str:
    """Return the sha256 of everything the asset is built from, in hex. Equal sources give equal hashes anywhere."""
    digest = hashlib.sha256(f"{_PYTHON_VERSION} {_PLATFORM}".encode())
    recipe = {"requirements": REQUIREMENTS, "bundling": Path(__file__)}
    sources = {path.relative_to(SOURCES.parent).as_posix(): path for path in source_files()}
    for name, path in {**recipe, **sources}.items():
        content = path.read_bytes()
        digest.update(f"\n{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def source_files() -> list[Path]:
    """Return the files of `lambdas/` that are shipped, sorted."""
    files = (path for path in SOURCES.rglob("*") if path.is_file())
    return sorted(path for path in files if not _NOT_SHIPPED.intersection(path.relative_to(SOURCES).parts))


def bundle(target: Path) -> None:
    """Fill the folder `target` with `lambdas/` and the packages it imports, as Lambda unpacks them.

    Raises:
        BundlingError: a package cannot be downloaded, or its hash is not the pinned one.
    """
    install = subprocess.run(
        [
            uv.find_uv_bin(),
            *("pip", "install", "--quiet", "--python", sys.executable),
            *("--no-deps", "--require-hashes", "--only-binary", ":all:"),
            *("--python-version", _PYTHON_VERSION, "--python-platform", _PLATFORM),
            *("--requirement", str(REQUIREMENTS), "--target", str(target)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if install.returncode != 0:
        raise BundlingError(f"the packages of {REQUIREMENTS.name} cannot be installed: {install.stderr.strip()}")
    for path in sorted(target.rglob("*"), reverse=True):  # reversed: files before their folder
        if _NOT_SHIPPED.intersection(path.relative_to(target).parts):
            path.rmdir() if path.is_dir() else path.unlink()
    for source in source_files():
        copy = target / source.relative_to(SOURCES.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)


@jsii.implements(ILocalBundling)
class LocalBundling:
    """The hook by which CDK asks for the bundle. It never falls back to Docker: a failed bundle is an error."""

    def try_bundle(self, output_dir: str, _options: BundlingOptions) -> bool:
        """Fill the asset's folder. Return true: the bundle is complete."""
        # jsii passes the options as one object, although its generated interface declares keyword arguments.
        bundle(Path(output_dir))
        return True
