"""Estimate the worst-case cost of a request within its limits, and its expected cost.

The worst case uses up the limits, without faults and without repaired answers. The expected cost is computed from
published pass rates. It is for planning; only `max_cost_usd` is a guarantee.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.core.models.claude import coverage, requirements, revision, verdict
from lambdas.core.models.claude.question import Question
from lambdas.core.models.image import images_usd
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import MAX_REQUIREMENTS, Requirement

# Sampling until a picture passes takes 1.57–1.96 pictures (three models, computed from public human labels), and a
# second wording is needed where position or negation fails: about one run in five.
_EXPECTED_ATTEMPTS = 1.8
_EXPECTED_REVISIONS = 0.2
# A prompt holds 7–8 atoms on average (DSG-1k).
_EXPECTED_REQUIREMENTS = 8
_REQUIREMENT = "a thing that the picture must show, said in a dozen words or so"
"""The placeholder of each requirement that Claude would derive."""


@dataclass(frozen=True)
class Estimate:
    """Costs in USD, and the number of each paid call in the worst case."""

    worst_case_usd: float
    expected_usd: float
    calls: dict[str, int]
    expected_calls: dict[str, float]

    def to_record(self) -> dict[str, Any]:
        """Return the fields that a dry run's result and `retake estimate --json` show."""
        return {
            "worst_case_usd": self.worst_case_usd,
            "expected_usd": self.expected_usd,
            "calls": self.calls,
            "expected_calls": self.expected_calls,
        }


def estimate(request: Request, must_revise_first: bool) -> Estimate:
    """Return the estimate of a request.

    must_revise_first: the image model cannot use the prompt, so the first wording is never tried and one revision is
        certain.
    """
    revisions = request.max_prompt_revisions
    wordings = revisions + (0 if must_revise_first else 1)
    attempts = request.max_retry_attempts * wordings
    likely_revisions = min(_EXPECTED_REVISIONS + must_revise_first, float(revisions))
    likely_attempts = min(_EXPECTED_ATTEMPTS, float(attempts))
    asked = int(request.derives_requirements)
    worst = _calls(request, asked, attempts, revisions)
    likely = _calls(request, asked, likely_attempts, likely_revisions)
    return Estimate(
        worst_case_usd=_usd(request, worst, MAX_REQUIREMENTS, Question.worst_usd),
        expected_usd=_usd(request, likely, _EXPECTED_REQUIREMENTS, Question.expected_usd),
        calls={name: int(count) for name, count in worst.items()},
        expected_calls={name: round(count, 2) for name, count in likely.items()},
    )


def _calls(request: Request, asked: int, attempts: float, revisions: float) -> dict[str, float]:
    return {
        "requirements": asked,
        "images": attempts * request.titan_img_number_of_images,
        "verdicts": attempts,
        "prompts": revisions,
        "coverage": revisions,
    }


def _usd(request: Request, calls: dict[str, float], derived: int, price: Callable[[Question], float]) -> float:
    listed = request.requirements or ()
    if request.derives_requirements:
        most = min(derived, MAX_REQUIREMENTS - len(request.added_requirements))
        listed = tuple(Requirement(id=f"r{place}", text=_REQUIREMENT, question=_REQUIREMENT) for place in range(most))
    listed += request.added_requirements
    pictures = verdict.placeholder_pictures(request)
    per_call = {
        "requirements": price(requirements.build_question(request)),
        "images": images_usd(request) / request.titan_img_number_of_images,
        "verdicts": price(verdict.build_question(request, listed, pictures, verdict.placeholder_sources(request))),
        "prompts": price(revision.build_longest_question(request, listed)),
        "coverage": price(coverage.build_question(request, request.prompt, request.negative_prompt, listed)),
    }
    return round(sum(count * per_call[name] for name, count in calls.items()), 6)
