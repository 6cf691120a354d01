"""Where a run lies on this machine, and under which settings."""

import re

import pytest

from lambdas.core.request.place import RUN_ID
from lambdas.core.request.request import parse_request
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.settings import USER_SETTINGS, Settings, variable_name
from retake.inputs.event_file import make_execution_name
from retake.inputs.settings import check_environment, local_settings
from retake.view.errors import BadInputError


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("aurora-ja", "aurora-ja"),
        ("-", "run"),
        ("夜の海", "run"),
        ("-my event (2)", "my-event-2"),
        ("long-" * 40, "long-" * 7 + "long"),
        ("three red circles left of a blue square, no triangles", "three-red-circles-left-of-a-blue-square"),
        ("😀" * 5_000 + "x" * 50_000, "run"),
        ("x" * 50_000, "x" * 40),
        ('a/b\nc."d"', "a-b-c-d"),
        ("", "run"),
    ],
)
def test_execution_name_when_made_of_a_title_then_it_tells_the_title_and_the_time(title: str, slug: str) -> None:
    name = make_execution_name(title)

    assert re.fullmatch(rf"{slug}-\d{{8}}T\d{{6}}Z-[0-9a-f]{{4}}", name)
    assert RUN_ID.fullmatch(name)
    assert make_execution_name(title) != name


def test_settings_when_nothing_is_set_then_any_bucket_and_any_model_may_be_named() -> None:
    event = {
        "prompt": "a red circle",
        "output_s3_bucket_name": "my.bucket-1",
        "image_model_id": "amazon.titan-image-generator-v2:0",
    }

    request = parse_request(event, local_settings(event, {}), "run-1")

    assert request.output_s3_bucket_name == "my.bucket-1"
    assert parse_request({"prompt": "a"}, local_settings({}, {}), "run-1").output_s3_bucket_name == "retake-local"


def test_settings_when_variables_are_set_then_they_hold_here_as_deployed() -> None:
    environment = {
        "RETAKE_MAX_COST_USD_PER_RUN": "0.5",
        "RETAKE_EXTRA_MODEL_IDS": '["stability.sd3-5-large-v1:0"]',
        "RETAKE_FAULTS": "faults.json",
        "PATH": "/bin",
    }

    settings = local_settings({}, environment)

    assert settings.max_cost_usd_per_run == 0.5
    titan = {"prompt": "a red circle", "image_model_id": "amazon.titan-image-generator-v2:0"}
    with pytest.raises(InvalidRequestError, match="this deployment may not call amazon.titan"):
        parse_request(titan, settings, "run-1")


@pytest.mark.parametrize("bucket", ["ab", "-ab", "ab-", "Pictures", "a" * 64, "a/b", "s3://pictures"])
def test_settings_when_the_bucket_is_no_name_then_it_is_refused(bucket: str) -> None:
    event = {"prompt": "a red circle", "output_s3_bucket_name": bucket}
    with pytest.raises(InvalidRequestError, match="output_s3_bucket_name: "):
        parse_request(event, local_settings(event, {}), "run-1")


@pytest.mark.parametrize(
    ("variable", "text", "fault"),
    [
        ("RETAKE_MAX_COST_USD_PER_RUNS", "1", "there is no such variable; did you mean RETAKE_MAX_COST_USD_PER_RUN?"),
        ("RETAKE_MAX_COST_USD", "", "there is no such variable; did you mean RETAKE_MAX_COST_USD_PER_RUN?"),
        ("RETAKE_COLOUR", "red", "there is no such variable; "),
        ("RETAKE_", "", "there is no such variable; the variables are RETAKE_BUCKET, "),
        ("RETAKE_MAX_COST_USD_PER_RUN", "5$", '"5$" is not a number above 0; give one, such as 0.5'),
        ("RETAKE_MAX_COST_USD_PER_RUN", " ", '" " begins or ends with a blank; remove it'),
        ("RETAKE_MAX_COST_USD_PER_RUN", "5\n", '"5\\n" begins or ends with a blank; remove it'),
        ("RETAKE_MAX_COST_USD_PER_RUN", "true", '"true" is not a number above 0; '),
        ("RETAKE_CHECK_MODEL_ACCESS", "true", "is set by Retake itself; unset it"),
        ("RETAKE_LOCAL_PREFIX", "x/", "is set by Retake itself; unset it"),
        ("RETAKE_BATCH_TABL", "x", "there is no such variable; did you mean RETAKE_BATCH?"),
        ("RETAKE_EXTRA_OUTPUT_BUCKETS", "a,b", '"a,b" is not a JSON list of texts; give one, such as ["one", "two"]'),
        ("RETAKE_EXTRA_OUTPUT_BUCKETS", '["a", 1]', "is not a JSON list of texts; "),
        ("RETAKE_EXTRA_OUTPUT_BUCKETS", '["a", " "]', "is not a JSON list of texts; "),
        ("RETAKE_IMAGE_REGION", "us-west-2 ", '"us-west-2 " begins or ends with a blank; remove it'),
    ],
)
def test_variable_when_unknown_or_invalid_then_one_line_names_it_and_the_fix(
    variable: str, text: str, fault: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        check_environment({variable: text, "PATH": "/bin"})

    assert str(refused.value).startswith(f"{variable}: ")
    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["True", "1", "yes"])
def test_flag_when_it_is_not_true_or_false_then_the_functions_refuse_it(text: str) -> None:
    with pytest.raises(InvalidRequestError, match=f'RETAKE_CHECK_MODEL_ACCESS: "{text}" is not true or false; '):
        Settings.from_environment({"RETAKE_BUCKET": "pictures", "RETAKE_CHECK_MODEL_ACCESS": text})


def test_variables_when_several_are_wrong_then_each_has_a_line() -> None:
    wrong = {
        "RETAKE_OUT": "x",
        "RETAKE_MAX_COST_USD_PER_RUN": "0",
        "RETAKE_BUCKET": "fine",
        "RETAKE_EXTRA_OUTPUT_BUCKETS": "x",
    }

    with pytest.raises(BadInputError) as refused:
        check_environment(wrong)

    assert [line.split(": ")[0] for line in str(refused.value).split("\n")] == [
        "RETAKE_OUT",
        "RETAKE_MAX_COST_USD_PER_RUN",
        "RETAKE_EXTRA_OUTPUT_BUCKETS",
    ]


def test_variables_when_a_deployment_or_serve_sets_them_then_they_are_known() -> None:
    deployed = Settings(bucket="pictures", extra_output_buckets=("a",), max_cost_usd_per_batch=7.0).to_environment()

    check_environment({variable_name(name): deployed[variable_name(name)] for name in USER_SETTINGS})
    check_environment(dict.fromkeys(("RETAKE_FAULTS", "RETAKE_LOOP", "RETAKE_BATCH", "RETAKE_S3"), "x"))
    check_environment({"RETAKE_MAX_COST_USD_PER_RUN": ""})
