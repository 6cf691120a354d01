"""A prompt or an event, with options over its fields and the defaults of retake.toml under them."""

import json
from pathlib import Path
from typing import Any

import pytest

from lambdas.core.request.request import FIELDS, parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from retake.inputs.config import Config
from retake.inputs.event import InputEvent, names_file, read_input_event
from retake.inputs.event_options import EVENT_OPTIONS, parse_event_options
from retake.inputs.settings import local_settings
from retake.view.errors import BadInputError

_NONE = Config()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with an event and a folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "event.json").write_text(json.dumps({"prompt": "a cup", "titan_img_seed": 5, "max_cost_usd": None}))
    (tmp_path / "night").mkdir()
    return tmp_path


def read(what: str, config: Config = _NONE, /, **options: Any) -> InputEvent:
    return read_input_event(what, options, config, {})


def refusal(event: InputEvent) -> list[str]:
    """Return the lines of the refusal of the event."""
    with pytest.raises(InvalidRequestError) as refused:
        parse_request(event.fields, local_settings(event.fields, {}), event.execution_name)
    return str(event.refuse(refused.value)).split("\n")


@pytest.mark.parametrize(
    "what",
    ["-", "event.json", "evnet.json", "My Event.JSON", "night", "a/b", "a\\b", "/tmp/夜", "cup.png", "event.jsn", "."],
)
def test_argument_when_it_looks_like_a_file_then_it_is_one(what: str) -> None:
    assert names_file(what)


@pytest.mark.parametrize(
    "what",
    [
        "cat",
        "three red circles",
        "a cup and/or a plate",
        "see a.b c",
        "1/2 of a cup",
        "夜の海。家",
        "",
        " ",
        "...",
        "?!",
        "a\nb",
        '"cup"',
        "cup\x00",
        "-5",
        "3.5",
        "x" * 60_000,
        "😀",
    ],
)
def test_argument_when_it_is_words_then_they_are_the_prompt(what: str) -> None:
    event = read(what)

    assert event.fields == {"prompt": what}
    assert len(event.source) <= 63


def test_fields_when_given_in_several_places_then_an_option_beats_the_event_and_the_event_beats_the_file() -> None:
    config = Config(Path("retake.toml"), fields={"titan_img_seed": 1, "max_cost_usd": 2.0, "max_retry_attempts": 3})

    event = read("event.json", config, attempts="4")

    assert event.fields == {"prompt": "a cup", "titan_img_seed": 5, "max_cost_usd": 2.0, "max_retry_attempts": 4}
    assert read("a cup", config, seed="9").fields["titan_img_seed"] == 9


def test_faults_when_fields_come_from_several_places_then_each_names_its_own() -> None:
    config = Config(Path("retake.toml"), fields={"image_model_id": "mars"})

    assert refusal(read("event.json", config))[0].startswith("retake.toml: image_model_id: ")
    Path("none.json").write_text('{"prompt": "a cup", "max_cost_usd": -1}')
    of_both = Config(Path("retake.toml"), fields={"max_cost_usd": 2.0})
    assert refusal(read("none.json", of_both))[0].startswith("none.json: max_cost_usd: -1 is out of range; ")
    assert refusal(read("event.json", attempts="0"))[0].startswith("--attempts: 0 is out of range; ")
    assert refusal(read("a cup", run_id="../up"))[0].startswith('--run-id: "../up" cannot be a run id; ')
    assert refusal(read("")) == ['"": prompt: is blank; say what the picture must show']
    assert refusal(read("  "))[0].startswith('"  ": prompt: is blank; ')
    tall = read("a cup", size="320x4096", model="amazon.titan-image-generator-v2:0")
    assert refusal(tall)[0].startswith("--size (width): Titan Image Generator")
    assert refusal(read("a cup", size="9x9")) == [
        f"--size ({side}): 9 is out of range; give a whole number from 320 to 4096" for side in ("width", "height")
    ]


def test_options_when_valid_then_they_set_the_fields_that_the_request_has() -> None:
    given = {
        "attempts": "3",
        "revisions": "0",
        "candidates": "2",
        "seed": "7",
        "size": "1152x768",
        "negative": "a plate",
        "model": "amazon.titan-image-generator-v2:0",
        "max_cost": ".5",
        "run_id": "night-1",
        "dry_run": True,
    }

    fields, names = parse_event_options(given)

    assert set(given) == {option.parameter for option in EVENT_OPTIONS}
    assert fields == {
        "max_retry_attempts": 3,
        "max_prompt_revisions": 0,
        "titan_img_number_of_images": 2,
        "titan_img_seed": 7,
        "titan_img_width": 1152,
        "titan_img_height": 768,
        "negative_prompt": "a plate",
        "image_model_id": "amazon.titan-image-generator-v2:0",
        "max_cost_usd": 0.5,
        "run_id": "night-1",
        "dry_run": True,
    }
    assert fields.keys() == names.keys() <= FIELDS.keys()
    parse_request({"prompt": "a cup", **fields}, local_settings({}, {}), "run-1")


@pytest.mark.parametrize("text", ["5$", " 5", "５", "1_0", "1e3", "nan", "inf", "0x5", "", "five", "--5", "1.2.3"])
@pytest.mark.parametrize("option", ["attempts", "seed", "max_cost"])
def test_number_when_it_is_not_written_as_one_then_the_field_refuses_it(option: str, text: str) -> None:
    (line,) = refusal(read("a cup", _NONE, **{option: text}))

    assert line.startswith(f"--{option.replace('_', '-')}: {json.dumps(text, ensure_ascii=False)} is not a ")


@pytest.mark.parametrize("text", ["", "big", "1024", "1024x", "1024*1024", "-5x5", "5 x 5", "1024x1024x3", "１x１"])
def test_size_when_it_is_not_two_numbers_then_one_line_says_how_to_write_it(text: str) -> None:
    with pytest.raises(BadInputError, match=r"^--size: .* is not WxH in pixels; give e\.g\. 1024x1024$"):
        read("a cup", size=text)


def test_size_when_written_with_a_times_sign_then_it_is_read() -> None:
    for size in ("1152x768", "1152X768", "1152×768"):
        assert read("a cup", size=size).fields["titan_img_width"] == 1152
