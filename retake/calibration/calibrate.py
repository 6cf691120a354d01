"""One calibration, from the labelled file to its measure."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.core.catalogue.models import claude_model
from lambdas.core.models.claude.picture import JudgedPicture
from lambdas.core.models.claude.question import Question
from lambdas.core.models.claude.verdict import build_question
from lambdas.core.request.fields import Number
from lambdas.core.request.request import Request, parse_request
from lambdas.core.runtime import clients
from lambdas.core.runtime.errors import InvalidRequestError
from retake.calibration.judging import Judging, judge_all
from retake.calibration.labelled import LabelledError, LabelledPicture, read_labelled
from retake.calibration.measure import Measure, by_kind
from retake.calibration.till import Till
from retake.emulator.environment import NoCredentialsError, local_environment
from retake.inputs.settings import local_settings
from retake.view.errors import BadInputError
from retake.view.progress import View

if TYPE_CHECKING:
    from lambdas.core.runtime.settings import Settings
    from standin import Fault

_CEILING = Number(0, 1_000_000, above=True)


@dataclass(frozen=True)
class CalibrationPlan:
    """A calibration that was found fit to be made."""

    source: Path
    pictures: tuple[LabelledPicture, ...]
    request: Request
    """Names the judge; the question to it is made from a request, here as in a run."""
    settings: "Settings"
    ceiling_usd: float
    bedrock: str

    @property
    def questions(self) -> Iterator[Question]:
        """The question about each picture, with its size for the picture."""
        for picture in self.pictures:
            shown = (JudgedPicture(b"", "png", picture.width_px, picture.height_px),)
            yield build_question(self.request, picture.requirements, shown)

    @property
    def likely_usd(self) -> float:
        """What it usually costs, without repairs."""
        return sum(asked.expected_usd() for asked in self.questions)

    @property
    def least_usd(self) -> float:
        """Below this ceiling not one picture can be asked about."""
        return min(asked.worst_usd() for asked in self.questions)


def planned(
    source: Path, bedrock: str, model_id: str | None, max_cost_usd: float | None, environment: Mapping[str, str]
) -> CalibrationPlan:
    """The plan for a labelled file. Nothing is started, and nothing paid.

    Raises:
        BadInputError: the file, the model or the ceiling cannot be used.
    """
    try:
        settings = local_settings({}, environment)
        ceiling_usd = settings.max_cost_usd_per_run
        if max_cost_usd is not None:
            ceiling_usd = _CEILING.check("--max-cost-usd", max_cost_usd)
        if model_id is not None:
            claude_model(model_id, "--model")
        request = parse_request({"prompt": "-", "validate_model_id": model_id}, settings, "calibration")
        plan = CalibrationPlan(source, read_labelled(source), request, settings, ceiling_usd, bedrock)
    except (InvalidRequestError, LabelledError) as error:
        raise BadInputError(str(error)) from None
    if plan.least_usd > ceiling_usd:
        raise BadInputError(
            f"--max-cost-usd: {ceiling_usd:g} is less than one picture's verdict can cost; give at least "
            f"{plan.least_usd:.4f}"
        )
    return plan


def calibrated(plan: CalibrationPlan, view: View, faults: "tuple[Fault, ...]" = ()) -> dict[str, Any]:
    """The measure of the judge, as `retake calibrate --json` prints it. `faults` are for the stand-in.

    Ctrl-C (`KeyboardInterrupt`) stops the asking, and what was measured so far is told.
    """
    till = Till(plan.ceiling_usd)
    view.line(
        f"{len(plan.pictures)} pictures, {sum(len(one.met) for one in plan.pictures)} checks by "
        f"{plan.request.validate_model_id}: likely ${plan.likely_usd:.4f}, never more than ${plan.ceiling_usd:.4f}"
    )
    try:
        with _bedrock(plan, faults):
            judging = judge_all(plan.pictures, plan.request, till, view)
    except NoCredentialsError as error:
        judging = Judging(stopped="fault", fault=str(error))
    return _record(plan, judging, till)


@contextmanager
def _bedrock(plan: CalibrationPlan, faults: "tuple[Fault, ...]") -> Iterator[None]:
    # Imported here because a bad line is told sooner without it.
    from retake.emulator.bedrock import bedrock_endpoint

    with ExitStack() as parts:
        url = parts.enter_context(bedrock_endpoint(faults if plan.bedrock == "local" else None))
        # The client is made anew inside, and again after: it remembers credentials and endpoints.
        parts.callback(clients.clear)
        parts.enter_context(local_environment(url, plan.settings.to_environment()))
        clients.clear()
        # Once, before there are threads: boto3 makes clients in one at a time only.
        clients.bedrock_for_claude()
        yield


def _record(plan: CalibrationPlan, judging: Judging, till: Till) -> dict[str, Any]:
    # By the lines of the file, not by who was answered first.
    places = {(picture.name, item.id): None for picture in plan.pictures for item in picture.requirements}
    order = {place: number for number, place in enumerate(places)}
    compared = sorted(judging.compared, key=lambda one: order[one.image, one.id])
    return {
        "model_id": plan.request.validate_model_id,
        "bedrock": plan.bedrock,
        "pictures": {"given": len(plan.pictures), "judged": len(judging.judged), "failed": len(judging.failed)},
        "checks": len(compared),
        "overall": Measure.of(compared).to_record(),
        "kinds": {kind: measure.to_record() for kind, measure in by_kind(compared).items()},
        "cost_usd": till.spent_usd,
        "max_cost_usd": plan.ceiling_usd,
        "calls": len(till.calls),
        "input_tokens": sum(call.input_tokens for call in till.calls),
        "output_tokens": sum(call.output_tokens for call in till.calls),
        "stopped": judging.stopped,
        "fault": judging.fault or None,
        "failures": [{"image": image, "error": error} for image, error in sorted(judging.failed)],
        "disagreements": [
            {
                "image": one.image,
                "id": one.id,
                "kind": one.kind,
                "text": one.text,
                "label": one.label_met,
                "judge": one.judge_met,
                "observed": one.observed,
            }
            for one in compared
            if one.judge_met != one.label_met
        ],
    }
