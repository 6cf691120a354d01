"""The settings of a run on this machine. An event of a deployed stack runs under them unchanged."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lambdas.core.admission.image_model_ids import find_faults
from lambdas.core.runtime.errors import InvalidRequestError
from lambdas.core.runtime.quoting import format_value, nearest
from lambdas.core.runtime.settings import PREFIX, SETTING_TYPES, USER_SETTINGS, Settings, parse_setting, variable_name
from retake.inputs.pictures import PICTURE_BUCKET
from retake.view.errors import BadInputError

if TYPE_CHECKING:
    from retake.inputs.config import Config

BUCKET = "retake-local"
# `retake serve` prints the last three for the examples in its help; the option --faults reads the first.
_OTHER_VARIABLES = ("RETAKE_FAULTS", "RETAKE_LOOP", "RETAKE_BATCH", "RETAKE_S3")

_MODEL_FIELDS = ("image_model_id", "validate_model_id", "revise_model_id")


def local_settings(event: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Return the default settings, overridden by `RETAKE_*` variables, with the event's bucket.

    A deployed stack allows a few buckets and models. Here there is no stack to protect: a bucket of any name is made in
    memory, and every model of the catalogue may be called.

    Raises:
        InvalidRequestError: a variable has no valid value.
    """
    given = {"RETAKE_BUCKET": BUCKET, "RETAKE_EXTRA_MODEL_IDS": '["*"]'} | {
        name: value for name, value in environment.items() if name.startswith(PREFIX) and value
    }
    settings = Settings.from_environment(given)
    settings = replace(settings, extra_input_buckets=(*settings.extra_input_buckets, PICTURE_BUCKET))
    bucket = event.get("output_s3_bucket_name")
    # A name that no bucket can have is refused with the event's other fields.
    return replace(settings, bucket=bucket) if isinstance(bucket, str) else settings


def settings_in_force(config: "Config", environment: Mapping[str, str]) -> Settings:
    """Return the settings of a run whose event names no models: those of the variables, of retake.toml, and the defaults.

    Raises:
        BadInputError: a variable has no valid value.
    """
    try:
        settings = local_settings({}, config.environment(environment))
    except InvalidRequestError as fault:
        raise BadInputError(str(fault)) from None
    fields = config.event_fields(environment)
    return replace(settings, **{name: fields[name] for name in _MODEL_FIELDS if name in fields})


def check_environment(environment: Mapping[str, str]) -> None:
    """Check every `RETAKE_*` variable. A misspelt ceiling must not be ignored.

    Raises:
        BadInputError: a variable is unknown or has no valid value; the message has a line for each.
    """
    faults = list(_find_faults({name: text for name, text in environment.items() if name.startswith(PREFIX)}))
    if faults:
        raise BadInputError("\n".join(faults))


def _check_setting(name: str, text: str, label: str) -> None:
    value = parse_setting(name, text, label)
    if name == "image_model_ids":
        for wrong, fix in find_faults(value):
            raise InvalidRequestError(f"{label}: {format_value(wrong)} cannot be used; {fix}")


def _find_faults(variables: Mapping[str, str]) -> Iterator[str]:
    settings = {variable_name(name): name for name in USER_SETTINGS}
    internal = {variable_name(name) for name in SETTING_TYPES} - set(settings)
    known = [*settings, *_OTHER_VARIABLES]
    for variable, text in variables.items():
        if variable in settings and text:
            try:
                _check_setting(settings[variable], text, variable)
            except InvalidRequestError as fault:
                yield str(fault)
        elif variable in internal:
            yield f"{variable}: is set by Retake itself; unset it"
        elif variable not in known:
            # Without the prefix, which makes all names alike.
            near = nearest(variable.removeprefix(PREFIX), [name.removeprefix(PREFIX) for name in known])
            hint = f"did you mean {PREFIX}{near}?" if near else f"the variables are {', '.join(known)}"
            yield f"{format_value(variable)[1:-1]}: there is no such variable; {hint}"
