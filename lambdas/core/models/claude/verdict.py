"""The second question to Claude: which requirements does each picture meet? The verdict is computed here."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lambdas.core.models.claude.answer import BadAnswerError
from lambdas.core.models.claude.converse import ask
from lambdas.core.models.claude.picture import MAX_SIDE_PX, JudgedPicture
from lambdas.core.models.claude.question import Question, Tool, fence, load_instructions
from lambdas.core.money.ledger import Ledger
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import Requirement

# A check is one short sentence and an id; the reason is two sentences.
_TOKENS_PER_CHECK = 110
_BASE_TOKENS = 400

TOOL = Tool(
    name="record_verdict",
    description="Record what each picture shows for each requirement: what is observed first, then whether it is met.",
    schema={
        "type": "object",
        "properties": {
            "checks": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string", "description": "the requirement's id"},
                        "candidate": {"type": "integer", "description": "the picture's number, 1 for the first"},
                        "observed": {"type": "string", "description": "what is seen, before deciding"},
                        "met": {"type": "boolean"},
                        "certain": {
                            "type": "boolean",
                            "description": "false if a picture cannot show this, or if it cannot be made out",
                        },
                    },
                    "required": ["id", "candidate", "observed", "met", "certain"],
                    "additionalProperties": False,
                },
            },
            "reason": {"type": "string"},
        },
        "required": ["checks", "reason"],
        "additionalProperties": False,
    },
)


@dataclass(frozen=True)
class Check:
    """The judge's answer about one requirement in one candidate."""

    id: str
    candidate: int
    observed: str
    met: bool
    certain: bool = True
    """False if the judge cannot decide it from the picture. Then `met` is false."""
    by: str = "judge"
    """ "pixels" for a check that was computed."""

    def to_record(self) -> dict[str, Any]:
        """Return the check's object for verdict.json, with `by` only if it was computed."""
        return {name: value for name, value in asdict(self).items() if name != "by" or value != "judge"}


@dataclass(frozen=True)
class Verdict:
    """The judge's checks of all candidates, and the result, score and rank computed from them."""

    requirements: tuple[Requirement, ...]
    checks: tuple[Check, ...]
    """Exactly one for each requirement and candidate."""
    reason: str

    def checks_of(self, candidate: int) -> tuple[Check, ...]:
        """Return one candidate's checks, in the order of the requirements. Candidates count from 1."""
        return tuple(check for check in self.checks if check.candidate == candidate)

    def rank(self, candidate: int) -> tuple[int, int, int]:
        """Return the counts of must-haves met, must-haves uncertain, and nice-to-haves met. They compare as ranks."""
        pairs = self._pairs(candidate)
        return (
            sum(item.must and check.met for item, check in pairs),
            len(self.uncertain_musts(candidate)),
            sum(check.met and not item.must for item, check in pairs),
        )

    @property
    def best(self) -> int:
        """The number of the best candidate: the first one of the highest rank."""
        candidates = sorted({check.candidate for check in self.checks})
        return max(candidates, key=lambda candidate: (*self.rank(candidate), -candidate))

    def result(self, candidate: int) -> str:
        """Return "YES" if the candidate meets every must-have, else "NO"."""
        return "NO" if self.failed_musts(candidate) or self.uncertain_musts(candidate) else "YES"

    def score(self, candidate: int) -> float:
        """Return the share of requirements that the candidate meets, 0–1, must-haves or not."""
        return round(sum(check.met for check in self.checks_of(candidate)) / len(self.requirements), 4)

    def failed_musts(self, candidate: int) -> list[str]:
        """Return the ids of the must-haves that the candidate certainly does not meet."""
        return [item.id for item, check in self._pairs(candidate) if item.must and not check.met and check.certain]

    def uncertain_musts(self, candidate: int) -> list[str]:
        """Return the ids of the must-haves that the judge cannot decide from the candidate."""
        return [item.id for item, check in self._pairs(candidate) if item.must and not check.certain]

    def _pairs(self, candidate: int) -> list[tuple[Requirement, Check]]:
        return list(zip(self.requirements, self.checks_of(candidate), strict=True))

    def with_computed(self, requirements: Sequence[Requirement], computed: Iterable[Check]) -> "Verdict":
        """Return the verdict on these requirements: the judge's checks and the computed ones, in order."""
        found = {(check.candidate, check.id): check for check in (*self.checks, *computed)}
        candidates = sorted({candidate for candidate, _ in found})
        checks = tuple(found[candidate, item.id] for candidate in candidates for item in requirements)
        return Verdict(tuple(requirements), checks, self.reason)

    def to_record(self) -> dict[str, Any]:
        """Return the object for verdict.json: the best candidate's verdict, and every check of every candidate."""
        best = self.best
        return {
            "result": self.result(best),
            "reason": self.reason,
            "score": self.score(best),
            "candidate": best,
            "failed": self.failed_musts(best),
            "uncertain": self.uncertain_musts(best),
            "rank": list(self.rank(best)),
            "checks": [check.to_record() for check in self.checks],
        }


def build_question(
    request: Request,
    requirements: Sequence[Requirement],
    pictures: tuple[JudgedPicture, ...],
    sources: tuple[JudgedPicture, ...] = (),
) -> Question:
    """Return the question about these pictures. It leaves out the prompt: a judge that sees it tends to confirm it.

    sources: the pictures that the candidates were made from. They come first.
    """
    listed = [
        {"id": item.id, "question": item.question or "What does the picture show of this?", "text": item.text}
        for item in requirements
    ]
    return Question(
        purpose="verdict",
        model=request.validate_model,
        tool=TOOL,
        instructions=load_instructions("verdict", *(["sources"] if sources else [])),
        text=fence({**_count(sources), "candidates": len(pictures), "requirements": listed}),
        pictures=(*sources, *pictures),
        labels=_labels(sources, pictures) if sources else (),
        answer_tokens=_BASE_TOKENS + _TOKENS_PER_CHECK * len(listed) * len(pictures),
        sampling=request.sampling("validate"),
    )


def _labels(sources: Sequence[JudgedPicture], pictures: Sequence[JudgedPicture]) -> tuple[str, ...]:
    shown = {"source": sources, "candidate": pictures}
    return tuple(f"{word} {number}" for word, group in shown.items() for number in range(1, len(group) + 1))


def _count(sources: tuple[JudgedPicture, ...]) -> dict[str, int]:
    return {"sources": len(sources)} if sources else {}


def placeholder_sources(request: Request) -> tuple[JudgedPicture, ...]:
    """Return empty pictures of the largest size, in place of the sources that the judge sees."""
    return (JudgedPicture(b"", "png", MAX_SIDE_PX, MAX_SIDE_PX),) * len(request.judged_pictures)


def placeholder_pictures(request: Request) -> tuple[JudgedPicture, ...]:
    """Return empty pictures of the largest size that an attempt can have, to price a verdict before the run."""
    width_px, height_px = request.titan_img_width, request.titan_img_height
    if request.has_size_of_source:
        width_px = height_px = MAX_SIDE_PX
    # AWS: a model that takes an aspect ratio draws up to 1,536 px a side, whatever size the event gives.
    elif request.image_model.aspect_ratios:
        width_px = height_px = 1536
    return (JudgedPicture(b"", "png", width_px, height_px),) * request.titan_img_number_of_images


def worst_usd(request: Request, requirements: Sequence[Requirement]) -> float:
    """Return the most that one verdict on an attempt's pictures can cost, in USD, before the pictures exist."""
    return build_question(
        request, requirements, placeholder_pictures(request), placeholder_sources(request)
    ).worst_usd()


def judge(
    request: Request,
    requirements: Sequence[Requirement],
    pictures: tuple[JudgedPicture, ...],
    ledger: Ledger,
    sources: tuple[JudgedPicture, ...] = (),
) -> Verdict:
    """Ask Claude about all candidates in one call.

    sources: the pictures that the candidates were made from.

    Raises:
        CeilingReachedError: the call could exceed the cost ceiling; it was not made.
        ModelAnswerError: Claude refused, or its second answer is incomplete too (the state machine asks the judge
            again; no new picture is paid for).
    """

    def parse(answer: dict[str, Any]) -> Verdict:
        return Verdict(
            tuple(requirements), _checks(answer, requirements, len(pictures)), str(answer.get("reason") or "")
        )

    return ask(build_question(request, requirements, pictures, sources), ledger, parse)


def _checks(answer: dict[str, Any], requirements: Sequence[Requirement], candidates: int) -> tuple[Check, ...]:
    items = answer.get("checks")
    if not isinstance(items, list):
        raise BadAnswerError("`checks` must be a list")
    ids = {requirement.id for requirement in requirements}
    found: dict[tuple[str, int], Check] = {}
    for item in items:
        check = _check(item, candidates)
        if check is None or check.id not in ids or not 1 <= check.candidate <= candidates:
            continue
        first = found.setdefault((check.id, check.candidate), check)
        if (first.met, first.certain) != (check.met, check.certain):
            raise BadAnswerError(
                f"{check.id} of candidate {check.candidate} has two checks that contradict each other; give one check of it"
            )
    wanted = [(requirement.id, candidate) for candidate in range(1, candidates + 1) for requirement in requirements]
    missing = [f"{name} of candidate {candidate}" for name, candidate in wanted if (name, candidate) not in found]
    if missing:
        raise BadAnswerError(
            f"there must be one check with `observed` and `met` for each of: {', '.join(missing[:20])}"
        )
    return tuple(found[pair] for pair in wanted)


def _check(item: Any, candidates: int) -> Check | None:
    if not isinstance(item, dict) or not isinstance(item.get("met"), bool) or not isinstance(item.get("id"), str):
        return None
    # Models tend to leave out the number where there is only one candidate.
    candidate = item.get("candidate", 1 if candidates == 1 else None)
    observed, certain = item.get("observed"), item.get("certain", True)
    if isinstance(candidate, bool) or not isinstance(candidate, int) or not isinstance(observed, str):
        return None
    if not isinstance(certain, bool):
        return None
    return Check(item["id"], candidate, observed, item["met"] and certain, certain)
