"""A run of a prompt in words, with options, with the defaults of retake.toml, and under `RETAKE_*` variables."""

import json
import os
import re
from typing import Any

import pytest

from retake.view.errors import BadInputError
from tests.support.harnesses.command import Done, Retake


def request_of(retake: Retake, done: Done, out: str = "out") -> dict[str, Any]:
    record = json.loads((retake.folder / out / done.result["run_id"] / "request.json").read_bytes())
    return dict(record["request"])


def test_words_when_run_twice_then_they_are_two_runs_and_their_ids_begin_with_the_words(retake: Retake) -> None:
    arguments = ("run", "Three red circles", "--attempts", "2", "--revisions", "0", "--seed", "7", "--max-cost", "0.5")

    first, second = (retake(*arguments, "--json") for _ in range(2))

    assert first.code in (0, 1), first.stderr
    assert re.fullmatch(r"Three-red-circles-\d{8}T\d{6}Z-[0-9a-f]{4}", first.result["run_id"])
    assert first.result["run_id"] != second.result["run_id"]
    request = request_of(retake, first)
    given = {"prompt": "Three red circles", "max_retry_attempts": 2, "max_prompt_revisions": 0, "titan_img_seed": 7}
    assert request == {**request, **given, "max_cost_usd": 0.5}
    assert first.result["image"]["seed"] == 7


def test_words_when_started_again_with_the_run_id_then_nothing_is_paid_again(retake: Retake) -> None:
    first = retake("run", "a red circle", "--run-id", "night", "--json")
    again = retake("run", "a red circle", "--run-id", "night", "--json")

    assert (first.code, again.code) == (0, 0), again.stderr
    assert again.result["cost"]["total_usd"] == first.result["cost"]["total_usd"]
    assert "reused" in again.stderr


def test_option_when_the_event_has_the_field_then_the_option_overrides_it(retake: Retake) -> None:
    event = retake.event(prompt="a red circle", titan_img_seed=3, max_retry_attempts=4)

    done = retake("run", event, "--seed", "9", "--size", "1024x1024", "--json")
    piped = retake("run", "-", "--seed", "9", "--json", stdin=b'{"prompt": "a red circle", "titan_img_seed": 3}')

    assert (request_of(retake, done)["titan_img_seed"], request_of(retake, done)["max_retry_attempts"]) == (9, 4)
    assert request_of(retake, piped)["titan_img_seed"] == 9
    assert piped.result["run_id"].startswith("run-")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("two lines\nof words\n", 0),
        ('the word "OPEN", it\'s `red` $HOME %s {0}', 0),
        ("a 😀 and 夜の海", 0),
        ("?!…", 0),
        ("cat", 0),
        ("[bold]a cup[/bold] \x1b[31m", 0),
        ("", 2),
        (" \t", 2),
        ("x" * 60_000, 2),
        ("half of a pair \udc80", 2),
    ],
)
def test_words_when_odd_then_they_are_a_prompt_or_one_line_says_why_not(words: str, code: int, retake: Retake) -> None:
    done = retake("run", words, "--dry-run", "--json")

    assert done.code == code, done.stderr
    assert "\x1b" not in done.stderr
    if code == 0:
        assert done.result["status"] == "DRY_RUN"
    else:
        assert done.stdout == ""
        (error,) = done.errors
        assert re.search(
            r": prompt: (is blank|has 60,000 characters; give at most 50,000|has half of a surrogate)", error
        )
        assert len(error) < 250
    assert list(retake.folder.glob("out/*/")) == []


def test_words_when_they_begin_with_a_dash_then_they_follow_two_dashes(retake: Retake) -> None:
    assert retake("run", "--dry-run", "--", "-5 degrees").code == 0
    for wrong in (["-5 degrees"], ["--", "-5 degrees", "--attempts", "1"], ["--attempts", "1", "-5 degrees"]):
        assert retake("run", *wrong).errors == [
            'retake: error: a prompt that begins with a dash comes last, after -- and the options: -- "-5 degrees" '
            "(see retake run --help)"
        ]


@pytest.mark.parametrize("name", ["simple-en.json ", "~/x y", " ./x y", "/tmp/no such", "../x y.png", "photo.png "])
def test_words_when_they_name_a_file_that_does_not_exist_then_nothing_is_paid(name: str, retake: Retake) -> None:
    done = retake("run", name)

    assert (done.code, done.stdout) == (2, "")
    assert "there is no such file" in done.errors[0]


def test_file_when_its_name_has_blanks_around_it_then_it_is_found(retake: Retake) -> None:
    retake.event(prompt="a red circle")

    assert retake("run", " event.json ", "--dry-run").code == 0
    assert retake("run", "~/event.json", "--dry-run", environment={"HOME": str(retake.folder)}).code == 0


def test_max_cost_when_it_is_above_the_ceiling_of_the_deployment_then_that_holds_with_a_warning(retake: Retake) -> None:
    low = {"RETAKE_MAX_COST_USD_PER_RUN": "0.5"}
    done = retake("run", "a red circle", "--max-cost", "2", "--json", environment=low)
    dry = retake("run", "a red circle", "--max-cost", "2", "--dry-run", environment=low)
    below = retake("run", "a red circle", "--max-cost", "0.4", "--dry-run", environment=low)

    warning = "max_cost_usd: 2 is above this deployment's 0.5 (max_cost_usd_per_run), which holds"
    assert request_of(retake, done)["max_cost_usd"] == 0.5
    assert warning in done.result["warnings"]
    assert f"warning     {warning}" in dry.stdout
    assert "max_cost_usd_per_run" not in below.stdout


def test_option_when_only_prepare_can_refuse_it_then_the_line_names_the_option(retake: Retake) -> None:
    done = retake("run", "a red circle", "--max-cost", "0.001")

    assert (done.code, done.stdout) == (2, "")
    (error,) = done.errors
    assert error.startswith("retake: error: --max-cost: 0.001 is less than one attempt can cost; ")


def test_estimate_when_given_words_and_options_then_it_prices_them(retake: Retake) -> None:
    done = retake("estimate", "three red circles", "--attempts", "2", "--revisions", "0", "--json")

    assert (done.code, done.result["images"]) == (0, 2)


def test_start_when_an_option_is_invalid_then_it_is_refused_before_aws_is_called(retake: Retake) -> None:
    done = retake.run_process("start", "three red circles", "--stack", "Retake", "--attempts", "0")

    assert done.code == 2
    assert done.errors == ["retake: error: --attempts: 0 is out of range; give a whole number from 1 to 110"]
    assert not retake.refused_hosts.exists()


def test_config_when_it_has_defaults_then_runs_and_batches_use_them_unless_an_option_is_typed(retake: Retake) -> None:
    (retake.folder / "retake.toml").write_text(
        'out = "pictures"\nfaults = "none.json"\nmax_retry_attempts = 2\nmax_cost_usd_per_run = 0.5\n',
        encoding="utf-8",
    )
    (retake.folder / "none.json").write_text("[]", encoding="utf-8")
    manifest = retake.manifest([{"prompt": "a red circle", "id": "one"}])

    done = retake("run", "a red circle", "--json")
    batch = retake("batch", manifest, "--json")
    typed = retake("run", "a red circle", "--attempts", "1", "--out", "here", "--dry-run", "--json")

    assert (done.code, batch.code, typed.code) == (0, 0, 0), done.stderr + batch.stderr + typed.stderr
    request = request_of(retake, done, "pictures")
    assert (request["max_retry_attempts"], request["max_cost_usd"]) == (2, 0.5)
    (item,) = (retake.folder / "pictures").glob("*--one/request.json")
    assert json.loads(item.read_bytes())["request"]["max_retry_attempts"] == 2
    assert typed.result["calls"]["images"] == 4
    aws = retake.run_process("run", "a red circle", "--bedrock", "aws")
    assert aws.errors[0].startswith("retake: error: NoCredentialsError: "), "the faults are for the stand-in only"


def test_config_when_it_names_a_stack_then_only_commands_that_need_one_use_it(
    retake: Retake, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str | None]] = []

    def refuse(name: str, region: str | None) -> None:
        asked.append((name, region))
        raise BadInputError("there is no such stack")

    monkeypatch.setattr("retake.deployed.stack.DeployedStack", refuse)
    (retake.folder / "retake.toml").write_text(
        'stack = "Studio"\nregion = "eu-west-1"\nout = "here"\nbedrock = "local"\nfaults = "none.json"\n',
        encoding="utf-8",
    )
    (retake.folder / "none.json").write_text("[]", encoding="utf-8")
    manifest = retake.manifest([{"prompt": "a red circle", "id": "one"}])

    codes = [
        retake(*arguments).code
        for arguments in (
            ("start", "a red circle"),
            ("follow", "x", "--region", "us-east-1"),
            ("stop", "x", "--stack", "Other"),
            ("batch", manifest, "--stack", "Other"),
            ("batch", manifest),
        )
    ]

    assert codes == [2, 2, 2, 2, 0]
    assert asked == [("Studio", "eu-west-1"), ("Studio", "us-east-1"), ("Other", "eu-west-1"), ("Other", "eu-west-1")]


def test_config_when_it_cannot_be_used_then_nothing_runs_but_help_is_shown(retake: Retake) -> None:
    (retake.folder / "retake.toml").write_text("max_cost = 1\nout = 2\n", encoding="utf-8")

    done = retake("run", "a red circle")

    assert (done.code, done.stdout) == (2, "")
    assert done.errors == [
        "retake: error: retake.toml: max_cost: there is no such key; did you mean max_cost_usd?",
        "retake: error: retake.toml: out: 2 is not a text; give a string in quotes",
    ]
    assert [retake("run", option).code for option in ("-h", "--help")] == [0, 0]


@pytest.mark.parametrize("command", ["run", "estimate", "start", "batch", "calibrate"])
def test_variable_when_unknown_then_every_command_refuses_it(command: str, retake: Retake) -> None:
    options = ("--stack", "Retake") if command == "start" else ()
    done = retake(command, "words.jsonl", *options, environment={"RETAKE_MAX_COST_PER_RUN": "1"})

    assert (done.code, done.stdout) == (2, "")
    assert done.errors == [
        "retake: error: RETAKE_MAX_COST_PER_RUN: there is no such variable; did you mean RETAKE_MAX_COST_USD_PER_RUN?"
    ]


def test_quiet_when_given_then_only_the_result_and_errors_are_printed(retake: Retake) -> None:
    ran = retake("run", "a red circle", "-q")
    batch = retake("batch", retake.manifest([{"prompt": "a red circle", "id": "one"}]), "--quiet")
    wrong = retake("run", " ", "-q")

    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout.endswith("/report.html\n")
    assert (batch.code, batch.stderr) == (0, "")
    assert (wrong.code, len(wrong.errors)) == (2, 1)


def test_verbose_when_given_then_the_file_of_defaults_each_step_and_each_paid_call_are_printed(retake: Retake) -> None:
    (retake.folder / "retake.toml").write_text("max_prompt_revisions = 0", encoding="utf-8")

    lines = retake("run", "a red circle", "-v").stderr.splitlines()

    assert lines[0] == "defaults retake.toml"
    shown = [line for line in lines if re.search(r" …$|paid: ", line)]
    assert [re.sub(r"\d[\d,]* tokens in, \d+ out|\$[\d.]+", "N", line) for line in shown][:7] == [
        "starting …",
        "preparing: finding what the picture must show …",
        "paid: requirements  us.anthropic.claude-haiku-5-5  N  N",
        "r00 a01  generating …",
        "r00 a01  paid: attempt  stability.stable-image-core-v1:1  N",
        "r00 a01  judging …",
        "r00 a01  paid: verdict  us.anthropic.claude-haiku-5-5  N  N",
    ]
    assert retake("estimate", "a red circle", "-v").stderr == "defaults retake.toml\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("retake ru", ["run"]),
        ("retake run --att", ["--attempts"]),
        ("retake run --model amazon.titan-image-generator-v", ["amazon.titan-image-generator-v"]),
        ("retake start x --bedr", []),
    ],
)
def test_completion_when_asked_then_it_offers_commands_options_and_models(
    words: str, offered: list[str], retake: Retake
) -> None:
    (retake.folder / "retake.toml").write_text("broken", encoding="utf-8")
    asked = {"_RETAKE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}

    done = retake.run_process(environment=asked)

    assert (done.code, done.stderr) == (0, "")
    assert (bool(done.stdout.strip()), all(line.startswith(tuple(offered)) for line in done.stdout.split())) == (
        bool(offered),
        True,
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owners by number")
def test_config_when_it_belongs_to_another_user_then_a_warning_names_it(
    retake: Retake, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = retake.folder / "retake.toml"
    config.write_text("max_retry_attempts = 0", encoding="utf-8")
    if owner := config.stat().st_uid:
        monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    else:
        os.chown(config, 12_345, -1)

    done = retake("estimate", "a red circle")

    warning = f"warning  {config} belongs to another user, so it is not read\n"
    assert (done.code, done.stderr) == (0, warning)
    assert retake("estimate", "-q", "a red circle").stderr == ""
