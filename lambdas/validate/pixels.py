"""The checks of an attempt that pixels decide. They cost nothing, so a model that repaints everything is caught without Claude."""

from collections.abc import Sequence

from lambdas.core.models.claude.verdict import Check
from lambdas.core.models.image.inputs import load_inputs
from lambdas.core.models.image.pixel_checks import measure
from lambdas.core.request.tasks.own_requirements import pixel_checks
from lambdas.core.run.open_run import OpenRun


def compute_checks(run: OpenRun, bodies: Sequence[bytes]) -> list[Check]:
    """Return the computed checks of all candidates.

    bodies: the candidates as they were made, candidate 1 first.

    Raises:
        RecordError: a copy of a source picture is missing, or S3 failed.
    """
    named = pixel_checks(vars(run.request))
    sources = load_inputs(run.folder, run.inputs) if named else {}
    checks = []
    for candidate, body in enumerate(bodies, 1):
        for check_id, name in named.items():
            found = measure(name, run.request, sources, body)
            checks.append(Check(check_id, candidate, found.observed, found.met, by="pixels"))
    return checks
