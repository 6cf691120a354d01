"""Check this machine: Python, the packages, the output folder, the settings, and the stand-in."""

import importlib
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from lambdas.core.catalogue.models import claude_model, image_model, lifecycle_warning
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import Settings
from retake.inputs.config import Config, load_config
from retake.inputs.out_folder import PICTURE_BYTES
from retake.inputs.settings import check_environment, settings_in_force
from retake.view.errors import BadInputError
from retake.view.findings import Finding

_PYTHON = (3, 11)
_PACKAGES = ("boto3", "moto", "jsonata", "numpy", "PIL", "jinja2", "aws_lambda_powertools", "flask", "rich", "typer")
_ROOM_BYTES = 600 * PICTURE_BYTES
_ROOM_FIX = f"a picture with its records takes about {PICTURE_BYTES / 1e6:.1f} MB"


def check_inputs(environment: Mapping[str, str]) -> tuple[Config, Settings | None, list[Finding]]:
    """Check `retake.toml` and the `RETAKE_*` variables. Return what they say, as far as they can be used."""
    findings, config = [], Config()
    try:
        config = load_config()
        findings += [
            Finding("warn", "retake.toml", f"{path} belongs to another user, so it is not read")
            for path in config.skipped
        ]
        found = str(config.path) if config.path else "none; Retake's own defaults apply"
        findings.append(Finding("ok", "retake.toml", found))
    except BadInputError as error:
        findings += [Finding("FAIL", "retake.toml", line) for line in str(error).split("\n")]
    try:
        check_environment(environment)
        names = sorted(name for name, text in environment.items() if name.startswith("RETAKE_") and text)
        findings.append(Finding("ok", "environment", ", ".join(names) or "no RETAKE_* variable is set"))
        settings = settings_in_force(config, environment)
    except BadInputError as error:
        findings += [Finding("FAIL", "environment", line) for line in str(error).split("\n")]
        return config, None, findings
    return config, settings, findings


def check_machine(out: Path) -> Iterator[Finding]:
    """Yield the findings about Python, the packages, the output folder and the stand-in."""
    yield _check_python()
    yield _check_packages()
    yield _check_out(out)
    yield _check_room(out)
    yield _check_stand_in()


def check_catalogue(settings: Settings) -> Iterator[Finding]:
    """Yield a finding about each model of the settings, from the catalogue."""
    models: dict[str, Callable[[], object]] = {
        "image_model_id": lambda: image_model(settings.image_model_id),
        "validate_model_id": lambda: claude_model(settings.validate_model_id, "validate_model_id"),
        "revise_model_id": lambda: claude_model(settings.revise_model_id, "revise_model_id"),
    }
    for name, find in models.items():
        try:
            model = find()
        except InvalidRequestError as error:
            yield Finding("FAIL", name, str(error).removeprefix(f"{name}: "))
            continue
        warning = lifecycle_warning(model, datetime.now(UTC).date())  # type: ignore[arg-type]  # of one of both kinds
        model_id = str(getattr(settings, name))
        yield (
            Finding("warn", name, warning, "`retake models` lists the others")
            if warning
            else Finding("ok", name, model_id)
        )


def _check_python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _PYTHON:
        return Finding("FAIL", "python", version, f"use Python {'.'.join(map(str, _PYTHON))} or later")
    return Finding("ok", "python", f"{version}, {sys.executable}")


def _check_packages() -> Finding:
    faults = []
    for name in _PACKAGES:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - a broken package may raise anything
            faults.append(f"{name} ({type(error).__name__}: {error})")
    if faults:
        return Finding(
            "FAIL", "packages", f"cannot be imported: {', '.join(faults)}", "run `make`, which installs them"
        )
    return Finding("ok", "packages", f"{', '.join(_PACKAGES)} can be imported")


def _check_out(out: Path) -> Finding:
    place = next((path for path in (out, *out.absolute().parents) if path.exists()), out)
    try:
        if place == out:
            with tempfile.TemporaryFile(dir=place) as file:
                file.write(b"\0")
        else:
            # Tried, because permissions do not tell: root may not make a folder in /proc.
            with tempfile.TemporaryDirectory(dir=place):
                pass
    except OSError as error:
        fault = "cannot be written to" if place == out else f"cannot be made in {place}"
        return Finding("FAIL", "out", f"{out} {fault} ({error.strerror or error})", "give another --out")
    return Finding("ok", "out", f"{out} can be written to" if place == out else f"{out} can be made")


def _check_room(out: Path) -> Finding:
    place = next((path for path in (out, *out.absolute().parents) if path.exists()), Path())
    try:
        free_bytes = shutil.disk_usage(place).free
    except OSError as error:
        return Finding("warn", "disk", f"the free space is not known ({error.strerror or error})")
    level, fix = ("ok", "") if free_bytes >= _ROOM_BYTES else ("warn", _ROOM_FIX)
    return Finding(level, "disk", f"{free_bytes / 1e9:.1f} GB free", fix)  # type: ignore[arg-type]  # of two literals


def _check_stand_in() -> Finding:
    from retake.emulator.bedrock import bedrock_endpoint

    try:
        with bedrock_endpoint(()) as url:
            place = urlsplit(str(url))
            with socket.create_connection((str(place.hostname), place.port or 80), timeout=5):
                return Finding("ok", "stand-in", "starts, and answers on loopback")
    except Exception as error:  # noqa: BLE001 - any fault means that a local run would fail
        fix = "a firewall may block loopback"
        return Finding("FAIL", "stand-in", f"does not start ({type(error).__name__}: {error})", fix)
