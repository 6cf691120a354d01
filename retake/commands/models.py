"""`retake models`: the model catalogue."""

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from retake.view import exit_codes
from retake.view.output import print_stderr, to_json, write_stdout


def models(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the rows as one JSON list, with every model id.")
    ] = False,
) -> int:
    """List the models that a request may name.

    Each has lifecycle, Region, price, quota, tasks, and the roles in which it is the default.

    The defaults are those of RETAKE_* variables and retake.toml, else Retake's own. The facts are those of the catalogue,
    lambdas/core/catalogue/models.json; `retake doctor --bedrock aws` asks AWS. A Claude model is called through one of its
    inference profiles: put the profile's name before the model's, as in us.anthropic.claude-haiku-5-5. Its price is that of
    a million tokens of input / of output. A narrow terminal cuts ids and leaves out columns; --json has everything. "A minute" is an account's default quota of calls in a Region.

    \b
    Examples:
      retake models
      retake models --json | jq -r '.[] | select(.lifecycle == "Active") | .model_id'

    \b
    Exit codes: 0 listed, 2 a variable or retake.toml cannot be used.
    """  # noqa: D301
    from lambdas.core.catalogue.models import image_model
    from retake.inputs.config import load_config
    from retake.inputs.settings import settings_in_force
    from retake.view.models import format_models, model_rows
    from retake.view.table import stdout_width

    settings = settings_in_force(load_config(), os.environ)
    defaults = {
        "images": settings.image_model_id,
        "judge": settings.validate_model_id,
        "reviser": settings.revise_model_id,
    }
    custom = [image_model(model.arn, "custom_models") for model in settings.custom_models]
    rows = model_rows(defaults, datetime.now(UTC).date(), custom)
    known = {model_id for row in rows for model_id in row.model_ids}
    for role, model_id in defaults.items():
        if model_id not in known:
            print_stderr(f"the model for {role} in the settings, {model_id!r}, is not in the catalogue")
    write_stdout(
        to_json([row.to_json() for row in rows]) if as_json else "\n".join(format_models(rows, stdout_width())).encode()
    )
    return exit_codes.ACCEPTED
