"""`retake models`: every model of the catalogue, its lifecycle, and which are the defaults."""

import json
from datetime import date

from lambdas.core.catalogue.models import claude_model_ids, image_models
from lambdas.core.request.tasks import TASKS
from retake.view.models import model_rows
from tests.support.harnesses.command import Retake

DEFAULTS = {
    "images": "stability.stable-image-core-v1:1",
    "judge": "us.anthropic.claude-haiku-5-5",
    "reviser": "us.anthropic.claude-sonnet-5-5",
}


def test_models_when_listed_then_every_id_of_the_catalogue_is_there_once(retake: Retake) -> None:
    rows = json.loads(retake("models", "--json").stdout)

    assert sorted(model_id for row in rows for model_id in row["model_ids"]) == sorted(
        [*image_models(), *claude_model_ids()]
    )
    assert {role: row["model_id"] for row in rows for role in row["default_for"]} == DEFAULTS
    tasks = {row["model_id"]: row["tasks"] for row in rows if row["kind"] == "image"}
    assert tasks["stability.stable-image-core-v1:1"] == ["TEXT_IMAGE"]
    assert tasks["stability.stable-image-remove-background-v1:0"] == ["BACKGROUND_REMOVAL"]
    assert set(tasks["amazon.titan-image-generator-v2:0"]) == set(TASKS) - {"SEARCH_RECOLOR"}


def test_models_when_settings_name_others_then_those_are_the_defaults(retake: Retake) -> None:
    (retake.folder / "retake.toml").write_text(
        'image_model_id = "stability.sd3-5-large-v1:0"\nrevise_model_id = "global.anthropic.claude-haiku-5-5"\n'
    )
    done = retake("models", "--json", environment={"RETAKE_VALIDATE_MODEL_ID": "global.anthropic.claude-haiku-5-5"})

    chosen = {row["model_id"]: row for row in json.loads(done.stdout) if row["default_for"]}
    assert {name: row["default_for"] for name, row in chosen.items()} == {
        "stability.sd3-5-large-v1:0": ["images"],
        "global.anthropic.claude-haiku-5-5": ["judge", "reviser"],
    }
    assert chosen["global.anthropic.claude-haiku-5-5"]["prices_usd"]["output_per_million_tokens"] == 0.5


def test_models_when_a_setting_names_an_unknown_model_then_it_says_so(retake: Retake) -> None:
    done = retake("models", environment={"RETAKE_IMAGE_MODEL_ID": "gone"})

    assert done.code == 0
    assert done.stderr == "the model for images in the settings, 'gone', is not in the catalogue\n"


def test_models_when_dates_pass_then_active_becomes_legacy_and_ended() -> None:
    def lifecycle(today: date) -> str:
        rows = {row.name: row for row in model_rows(DEFAULTS, today)}
        return rows["Claude Sonnet 4.5"].lifecycle

    days = (date(2026, 10, 7), date(2026, 10, 8), date(2027, 4, 8))
    assert [lifecycle(day) for day in days] == ["Active", "Legacy", "Ended"]


def test_models_when_printed_then_it_fits_the_terminal_and_defaults_are_first(retake: Retake) -> None:
    lines = retake("models", environment={"COLUMNS": "120"}).stdout.splitlines()

    assert all(len(line) <= 120 for line in lines)
    assert lines[1].split()[:3] == [DEFAULTS["images"], "Active", "images"]
    assert "$0.04 a picture" in lines[1]
    assert [line.split()[2] for line in lines if line.startswith("us.")][:2] == ["judge", "reviser"]


def test_a_custom_model_of_the_settings_is_a_row_that_is_paid_by_the_hour(retake: Retake) -> None:
    arn = "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abcdefghijkl"
    custom = json.dumps([{"arn": arn, "base_model_id": "amazon.titan-image-generator-v2:0", "name": "ron"}])
    environment = {"RETAKE_CUSTOM_MODELS": custom, "RETAKE_IMAGE_MODEL_ID": arn}

    done = retake("models", "--json", environment=environment)

    first = json.loads(done.stdout)[0]
    assert (first["model_id"], first["price"], first["default_for"]) == (arn, "by the hour", ["images"])
    assert "INPAINTING" not in first["tasks"]
    assert "not in the catalogue" not in done.stderr


def test_models_when_the_terminal_is_narrow_then_the_defaults_and_the_prices_stay(retake: Retake) -> None:
    lines = retake("models", environment={"COLUMNS": "80"}).stdout.splitlines()

    assert all(len(line) <= 80 for line in lines)
    assert lines[0].split() == ["model", "id", "lifecycle", "default", "price"]
    assert lines[1].endswith("images   $0.04 a picture")
    assert not [line for line in lines[1:] if "$" not in line]
