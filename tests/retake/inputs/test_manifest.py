"""A manifest's defaults come from the file beside it and from the command line; what cannot be read is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from retake.inputs.manifest import read_manifest
from retake.view.errors import BadInputError


def write_manifest(folder: Path, defaults: Any = None) -> Path:
    (folder / "prompts.jsonl").write_text('{"prompt": "a red circle"}\n', encoding="utf-8")
    if defaults is not None:
        (folder / "prompts.defaults.json").write_text(json.dumps(defaults), encoding="utf-8")
    return folder / "prompts.jsonl"


@pytest.mark.parametrize(
    ("in_file", "max_concurrency", "defaults"),
    [
        (None, None, None),
        ({}, None, {}),
        ({"max_concurrency": 8, "titan_img_seed": 7}, None, {"max_concurrency": 8, "titan_img_seed": 7}),
        ({"max_concurrency": 8, "titan_img_seed": 7}, 2, {"max_concurrency": 2, "titan_img_seed": 7}),
        (None, 2, {"max_concurrency": 2}),
    ],
)
def test_defaults_when_the_command_line_gives_one_then_it_overrides_the_file(
    in_file: Any, max_concurrency: int | None, defaults: dict[str, Any] | None, tmp_path: Path
) -> None:
    manifest = read_manifest(write_manifest(tmp_path, in_file), "batches", max_concurrency)

    assert manifest.defaults == defaults
    assert json.loads(manifest.defaults_body) == (defaults or {})
    assert (manifest.key, manifest.defaults_key) == ("batches/prompts.jsonl", "batches/prompts.defaults.json")


def test_defaults_when_retake_toml_has_fields_then_the_file_of_the_manifest_overrides_them(tmp_path: Path) -> None:
    fields = {"titan_img_seed": 1, "max_retry_attempts": 2, "dry_run": True}

    manifest = read_manifest(write_manifest(tmp_path, {"titan_img_seed": 7}), "batches", 3, fields)

    assert manifest.defaults == {"titan_img_seed": 7, "max_retry_attempts": 2, "max_concurrency": 3}
    assert read_manifest(tmp_path / "prompts.jsonl", "batches", None, {"dry_run": True}).defaults == {
        "titan_img_seed": 7
    }


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("prompts.txt", 'prompts.txt: "prompts.txt" is no'),
        ("prompts.defaults.json", 'prompts.defaults.json: "prompts.defaults.json" is no'),
        ("missing.jsonl", "missing.jsonl: cannot be read"),
    ],
)
def test_manifest_when_it_cannot_be_used_then_one_line_names_it(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "prompts.txt").touch()
    (tmp_path / "prompts.defaults.json").touch()

    with pytest.raises(BadInputError) as refused:
        read_manifest(tmp_path / name, "batches", None)

    assert str(refused.value).startswith(f"{tmp_path}/{message}")


def test_defaults_when_they_are_not_an_object_then_their_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"prompts\.defaults\.json: holds a list"):
        read_manifest(write_manifest(tmp_path, []), "batches", None)


@pytest.mark.parametrize(
    "name", ["evil\x1b[31m.jsonl", "nl\nx.jsonl", "back\\slash.jsonl", "a:b.jsonl", ".hidden.jsonl"]
)
def test_manifest_when_its_name_cannot_be_a_key_then_it_is_bad_input_on_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"prompt": "a red circle"}\n')

    with pytest.raises(BadInputError, match="rename the file") as refused:
        read_manifest(tmp_path / name, "batches", None)

    assert str(refused.value).isprintable()
