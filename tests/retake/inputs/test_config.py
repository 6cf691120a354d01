"""`retake.toml`: which file is read, what it may hold, and what overrides it."""

import os
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.runtime.settings import SETTING_TYPES, USER_SETTINGS
from retake.inputs import config as config_module
from retake.inputs.config import Config, load_config, read_config
from retake.inputs.settings import local_settings
from retake.view.errors import BadInputError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration folder, and a working folder two levels below another folder."""
    (tmp_path / "home/retake").mkdir(parents=True)
    (tmp_path / "project/work").mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "project/work")
    return tmp_path


def faults(text: str | bytes, folder: Path = Path()) -> list[str]:
    """Return the lines of the refusal of a file."""
    (folder / "retake.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(BadInputError) as refused:
        load_config()
    return str(refused.value).split("\n")


def test_file_when_several_folders_have_one_then_only_the_nearest_is_read(home: Path) -> None:
    assert load_config() == Config()
    (home / "home/retake/retake.toml").write_text("max_cost_usd = 3", encoding="utf-8")
    assert load_config().fields == {"max_cost_usd": 3}
    (home / "project/retake.toml").write_text("max_retry_attempts = 2", encoding="utf-8")
    assert load_config().fields == {"max_retry_attempts": 2}
    Path("retake.toml").mkdir()
    assert load_config().path == home / "project/retake.toml"
    Path("retake.toml").rmdir()
    Path("retake.toml").write_text("", encoding="utf-8")
    assert load_config() == Config(Path("retake.toml"))


def test_paths_when_relative_then_they_are_relative_to_the_file(home: Path) -> None:
    (home / "project/retake.toml").write_text('out = "pictures"\nfaults = "/f.json"', encoding="utf-8")
    assert load_config().options == {"out": home / "project/pictures", "faults": Path("/f.json")}
    Path("retake.toml").write_text('out = "../pictures"\nfaults = "~/f.json"', encoding="utf-8")
    assert load_config().options == {"out": Path("../pictures"), "faults": Path("~/f.json").expanduser()}


def test_keys_when_all_are_known_then_each_is_an_option_a_field_or_a_setting() -> None:
    Path("retake.toml").write_bytes(
        b'\xef\xbb\xbfbedrock = "aws"\nmax_concurrency = 4\nimage_model_id = "x"\nrequirements = ["a cup"]\n'
        b'max_cost_usd_per_run = 2\nextra_output_buckets = ["a", "b"]\nclaude_region = "eu-west-1"\n'
    )

    config = load_config()

    assert config.options == {"bedrock": "aws", "max_concurrency": 4}
    assert config.fields == {"image_model_id": "x", "requirements": ["a cup"]}
    settings = local_settings(
        {}, config.environment({"RETAKE_CLAUDE_REGION": "us-east-1", "RETAKE_EXTRA_OUTPUT_BUCKETS": ""})
    )
    assert (settings.max_cost_usd_per_run, settings.extra_output_buckets) == (2.0, ("a", "b"))
    assert settings.claude_region == "us-east-1", "a variable overrides the file"


def test_field_when_a_variable_gives_the_setting_of_its_name_then_the_variable_wins() -> None:
    config = Config(fields={"image_model_id": "x", "titan_img_seed": 7})

    assert config.event_fields({"RETAKE_IMAGE_MODEL_ID": "y"}) == {"titan_img_seed": 7}
    assert config.event_fields({"RETAKE_IMAGE_MODEL_ID": ""}) == config.fields


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("max_cost = 3", "max_cost: there is no such key; did you mean max_cost_usd?"),
        ("shade = 3", "shade: there is no such key; the keys are out, bedrock, "),
        (
            "max_cost_usd_per_runs = 3",
            "max_cost_usd_per_runs: there is no such key; did you mean max_cost_usd_per_run?",
        ),
        ("[run]\nmax_cost_usd = 3", "run: is a table, which is not used; put its keys above it"),
        ("out = 3", "out: 3 is not a text; give a string in quotes"),
        ('out = " "', "out: is blank; "),
        ('bedrock = "mars"', 'bedrock: "mars" is not one of its values; give local or aws'),
        ("max_concurrency = 0", "max_concurrency: 0 is out of range; "),
        ("max_retry_attempts = true", "max_retry_attempts: true is not a whole number; "),
        ('max_cost_usd = "5"', 'max_cost_usd: "5" is not a number; '),
        ("max_cost_usd = nan", "max_cost_usd: NaN is not a number; "),
        ("negative_prompt = 1979-05-27", 'negative_prompt: "1979-05-27" is not a text; '),
        ('requirements = "a cup"', "requirements: "),
        ("max_cost_usd_per_run = -1", 'max_cost_usd_per_run: "-1" is not a number above 0; '),
        ("max_cost_usd_per_run = inf", 'max_cost_usd_per_run: "Infinity" is not a number above 0; '),
        ("max_cost_usd_per_run = true", "max_cost_usd_per_run: true is not a number; "),
        ('max_cost_usd_per_run = "5"', 'max_cost_usd_per_run: "5" is not a number; '),
        ("check_model_access = true", "check_model_access: is set by Retake itself; remove it"),
        ('batch_table = "t"', "batch_table: is set by Retake itself; remove it"),
        ('extra_model_ids = "a"', 'extra_model_ids: "a" is not a list; '),
        ("extra_model_ids = [1]", 'extra_model_ids: "[1]" is not a JSON list of texts; '),
        ("image_region = 1", "image_region: 1 is not a text; "),
        ('prompt = "a"', "prompt: belongs to one run, so it cannot be a default; "),
        ('run_id = "a"', "run_id: belongs to one run"),
        ("out = ", "is not TOML: Invalid value"),
        ("a = " + "9" * 5000, "is not TOML: "),
        ("a = " + "[" * 5000, "is not TOML: "),
        (b'out = "\xff"', "is not UTF-8; save it as UTF-8"),
    ],
)
def test_file_when_it_cannot_be_used_then_one_line_names_the_file_the_key_and_the_fix(
    text: str | bytes, fault: str
) -> None:
    (line,) = faults(text)

    assert line.startswith(f"retake.toml: {fault}")


def test_file_when_several_keys_are_wrong_then_each_has_a_line_and_a_file_elsewhere_its_whole_path(home: Path) -> None:
    lines = faults("colour = 1\nout = 2\nmax_cost_usd = 0.5\nmax_retry_attempts = 0\n", home / "project")

    assert [line.split(": ")[:2] for line in lines] == [
        [str(home / "project/retake.toml"), key] for key in ("colour", "out", "max_retry_attempts")
    ]


def test_file_when_it_may_not_be_read_then_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)

    with pytest.raises(BadInputError, match=r"retake\.toml: cannot be read \(Permission denied\)"):
        read_config(Path.cwd() / "retake.toml")


def test_folder_when_it_was_removed_then_the_users_own_file_is_read(home: Path) -> None:
    (home / "home/retake/retake.toml").write_text("max_cost_usd = 3", encoding="utf-8")
    Path.cwd().rmdir()

    assert load_config().fields == {"max_cost_usd": 3}
    os.chdir(home)


def test_settings_when_one_is_added_then_its_type_can_be_given_in_the_file() -> None:
    kinds: dict[Any, Any] = config_module._KINDS
    assert {SETTING_TYPES[name] for name in USER_SETTINGS} - set(kinds) == set()


def give_to_another_user(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the file seem to belong to another user, who is not root."""
    owner = path.stat().st_uid
    if owner:
        monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    else:
        os.chown(path, 12_345, -1)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owners by number")
def test_file_when_it_belongs_to_another_user_then_it_is_not_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = home / "project/retake.toml"
    foreign.write_text('bedrock = "aws"', encoding="utf-8")
    give_to_another_user(foreign, monkeypatch)

    assert load_config() == Config(skipped=(foreign,))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owners by number")
def test_file_when_another_user_links_to_it_then_it_is_not_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "own.toml").write_text('bedrock = "aws"', encoding="utf-8")
    link = home / "project/retake.toml"
    link.symlink_to(home / "own.toml")
    if (owner := link.lstat().st_uid) == 0:
        os.chown(link, 12_345, -1, follow_symlinks=False)
    else:
        monkeypatch.setattr(os, "getuid", lambda: owner + 1)

    assert load_config().options == {}
