"""One calibration, from the labelled file to its measures."""

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
from retake.calibration.judging import Judgements, judge_all
from retake.calibration.labelled import LabelledError, LabelledPicture, read_labelled
from retake.calibration.ledger import CalibrationLedger
from retake.calibration.measure import Measure, measure_by_kind
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
    """A calibration whose input has been checked."""

    source: Path
    pictures: tuple[LabelledPicture, ...]
    request: Request
    """It names the judge. The questions are built from a request, as in a run."""
    settings: "Settings"
    ceiling_usd: float
    bedrock: str

    @property
    def questions(self) -> Iterator[Question]:
        """The question about each picture, with the size of the picture but without its bytes, to estimate the cost."""
        for picture in self.pictures:
            shown = (JudgedPicture(b"", "png", picture.width_px, picture.height_px),)
            yield build_question(self.request, picture.requirements, shown)

    @property
    def expected_usd(self) -> float:
        """The expected cost, if no answer has to be corrected."""
        return sum(question.expected_usd() for question in self.questions)

    @property
    def min_ceiling_usd(self) -> float:
        """The lowest cost ceiling under which a picture can be judged."""
        return min(question.worst_usd() for question in self.questions)


def plan_calibration(
    source: Path, bedrock: str, model_id: str | None, max_cost_usd: float | None, environment: Mapping[str, str]
) -> CalibrationPlan:
    """Return the plan for a labelled file. Start nothing, and pay nothing.

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
    if plan.min_ceiling_usd > ceiling_usd:
        raise BadInputError(
            f"--max-cost-usd: {ceiling_usd:g} is less than the verdict on one picture can cost; give at least "
            f"{plan.min_ceiling_usd:.4f}"
        )
    return plan


def run_calibration(plan: CalibrationPlan, view: View, faults: "tuple[Fault, ...]" = ()) -> dict[str, Any]:
    """Judge the pictures, and return the record that `retake calibrate --json` prints.

    Ctrl-C (`KeyboardInterrupt`) stops it; the record then has the measures so far.

    faults: the fault script of the stand-in.
    """
    ledger = CalibrationLedger(plan.ceiling_usd)
    view.line(
        f"{len(plan.pictures)} pictures, {sum(len(one.met) for one in plan.pictures)} checks by "
        f"{plan.request.validate_model_id}: expected ${plan.expected_usd:.4f}, at most ${plan.ceiling_usd:.4f}"
    )
    try:
        with _bedrock(plan, faults):
            judgements = judge_all(plan.pictures, plan.request, ledger, view)
    except NoCredentialsError as error:
        judgements = Judgements(stopped="fault", fault=str(error))
    return _record(plan, judgements, ledger)


@contextmanager
def _bedrock(plan: CalibrationPlan, faults: "tuple[Fault, ...]") -> Iterator[None]:
    # Imported here because bad input must be refused fast.
    from retake.emulator.bedrock import bedrock_endpoint

    with ExitStack() as parts:
        url = parts.enter_context(bedrock_endpoint(faults if plan.bedrock == "local" else None))
        # Clients keep their credentials and endpoint, so make new ones inside the block, and again after it.
        parts.callback(clients.clear)
        parts.enter_context(local_environment(url, plan.settings.to_environment()))
        clients.clear()
        # Make it before there are threads: boto3 cannot make clients in several threads at once.
        clients.bedrock_for_claude()
        yield


def _record(plan: CalibrationPlan, judgements: Judgements, ledger: CalibrationLedger) -> dict[str, Any]:
    # Sort by the lines of the file, not by the order of the answers.
    places = {(picture.name, item.id): None for picture in plan.pictures for item in picture.requirements}
    order = {place: number for number, place in enumerate(places)}
    comparisons = sorted(judgements.comparisons, key=lambda one: order[one.image, one.id])
    return {
        "model_id": plan.request.validate_model_id,
        "bedrock": plan.bedrock,
        "pictures": {"given": len(plan.pictures), "judged": len(judgements.judged), "failed": len(judgements.failed)},
        "checks": len(comparisons),
        "overall": Measure.of(comparisons).to_record(),
        "kinds": {kind: measure.to_record() for kind, measure in measure_by_kind(comparisons).items()},
        "cost_usd": ledger.spent_usd,
        "max_cost_usd": plan.ceiling_usd,
        "calls": len(ledger.calls),
        "input_tokens": sum(call.input_tokens for call in ledger.calls),
        "output_tokens": sum(call.output_tokens for call in ledger.calls),
        "stopped": judgements.stopped,
        "fault": judgements.fault or None,
        "failures": [{"image": image, "error": error} for image, error in sorted(judgements.failed)],
        "disagreements": [
            {
                "image": one.image,
                "id": one.id,
                "kind": one.kind,
                "text": one.text,
                "label": one.label_met,
                "judge": one.judge_met,
                "judge_certain": one.judge_certain,
                "observed": one.observed,
            }
            for one in comparisons
            if one.judge_met != one.label_met
        ],
    }
