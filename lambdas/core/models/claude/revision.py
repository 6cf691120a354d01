"""The third question to Claude: a new wording of the prompt, given which requirements the pictures failed."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lambdas.core.models.claude import coverage
from lambdas.core.models.claude.answer import BadAnswerError
from lambdas.core.models.claude.converse import ask
from lambdas.core.models.claude.negation import find_negation
from lambdas.core.models.claude.question import Question, Tool, fence, load_instructions
from lambdas.core.money.ledger import Ledger
from lambdas.core.request.language import detect_language, foreign_texts, understands
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import Requirement
from lambdas.core.request.tasks.own_requirements import own_requirements
from lambdas.core.run.history import History, Wording, finding_of
from lambdas.core.runtime.errors import ModelAnswerError

# A clearer wording is longer. Allow twice the prompt's length, or 1,000 characters, even where the model takes 10,000.
_MIN_LIMIT_CHARS = 1_000
_GROWTH = 2
_BASE_TOKENS = 600
_PRICED_OBSERVED_CHARS = 200

RequirementGroups = dict[str, list[dict[str, str]]]
"""The lists `failed`, `uncertain`, `keep` and `not_judged`. Every requirement of the run is in exactly one of them."""

TOOL = Tool(
    name="record_prompt",
    description="Record the new wording of the prompt, and what must not be in the picture.",
    schema={
        "type": "object",
        "properties": {
            "revised_prompt": {"type": "string"},
            "negative_prompt": {"type": "string", "description": "plain nouns, comma-separated; empty for none"},
            "changes": {"type": "string", "description": "one sentence: what was changed, and why"},
        },
        "required": ["revised_prompt", "negative_prompt", "changes"],
        "additionalProperties": False,
    },
)


@dataclass(frozen=True)
class Revision:
    """A new wording."""

    prompt: str
    negative_prompt: str | None
    changes: str
    doubts: str | None = None
    """Problems that remain after the wording was sent back once; None when it has none."""


def revision_reason(last: Wording) -> str:
    """Return why a wording is revised: "language", "length", "blocked" or "failed"."""
    if last.record.get("unusable"):
        return str(last.record["unusable"])
    blocked = bool(last.attempts) and last.attempts[-1].outcome == "BLOCKED_PROMPT"
    return "blocked" if blocked else "failed"


def build_question(history: History) -> Question:
    """Return the question about the run so far. It always starts from the user's own prompt, never from a revision."""
    last = history.wordings[-1]
    earlier = [
        {
            "prompt": wording.record["prompt"],
            "negative_prompt": wording.record["negative_prompt"],
            "score": wording.best.verdict["score"] if wording.best and wording.best.verdict else None,
        }
        for wording in history.wordings
        if wording.revision > 0
    ]
    language = history.wordings[0].record["language"]
    return _question(history.request, language, revision_reason(last), _group_requirements(history, last), earlier)


def build_longest_question(request: Request, requirements: Sequence[Requirement]) -> Question:
    """Return a question as long as the run's last question will be, to price it before the run."""
    chars = max_prompt_chars(request)
    observed = "x" * _PRICED_OBSERVED_CHARS
    groups = _no_requirements() | {"failed": [{**_item(one), "observed": observed} for one in requirements]}
    wording = {"prompt": "x" * chars, "negative_prompt": "x" * _PRICED_OBSERVED_CHARS, "score": 0.5}
    return _question(request, "en", "failed", groups, [wording] * max(request.max_prompt_revisions - 1, 0))


def _question(
    request: Request,
    language: str,
    why: str,
    groups: RequirementGroups,
    earlier: list[dict[str, Any]],
) -> Question:
    model = request.image_model
    chars = max_prompt_chars(request)
    data = {
        **({"task": request.task_type, "mask_prompt": request.mask_prompt} if _is_edit(request) else {}),
        "original_prompt": request.prompt,
        "original_negative_prompt": request.negative_prompt,
        "language": language,
        "why": why,
        **groups,
        "earlier_wordings": earlier,
        "image_model": {
            "language": model.languages[0],
            "max_prompt_chars": chars,
            "max_negative_prompt_chars": min(model.max_negative_prompt_chars, chars),
        },
    }
    return Question(
        purpose="prompt",
        model=request.revise_model,
        tool=TOOL,
        instructions=load_instructions("prompt", *(["edits"] if _is_edit(request) else [])),
        text=fence(data),
        answer_tokens=_BASE_TOKENS + chars,
        sampling=request.sampling("revise"),
    )


def _is_edit(request: Request) -> bool:
    return request.operation != "text"


def max_prompt_chars(request: Request) -> int:
    """Return the length limit that Claude is given for a new wording, in characters."""
    return min(request.image_model.max_prompt_chars, max(_MIN_LIMIT_CHARS, _GROWTH * len(request.prompt)))


def revise(history: History, ledger: Ledger) -> Revision:
    """Ask Claude for a new wording, and check it before a picture of it is paid for.

    A wording that the image model cannot use, or that was tried before, is sent back once; a second one is an error.
    A usable wording with a problem (a negation, a missing requirement) is sent back once; a second one is accepted.

    Raises:
        ModelAnswerError: Claude gave no usable wording (the state machine asks again).
        CeilingReachedError: the question, or the check of the answer, could exceed the cost ceiling.
    """
    usable: list[Revision] = []

    def check(answer: dict[str, Any]) -> Revision:
        revised = _parse(answer, history.request)
        _refuse_repeated_wording(revised, history)
        problems = _find_problems(revised, history, ledger)
        revised = replace(revised, doubts=problems.for_people if problems else None)
        if problems and not usable:
            usable.append(revised)
            raise BadAnswerError(problems.for_claude)
        return revised

    try:
        return ask(build_question(history), ledger, check)
    except ModelAnswerError:
        # The wording that was sent back is usable, even if Claude's second one is not.
        if usable:
            return usable[0]
        raise


def _parse(answer: dict[str, Any], request: Request) -> Revision:
    model = request.image_model
    prompt, negative = answer.get("revised_prompt"), answer.get("negative_prompt") or ""
    if not isinstance(prompt, str) or not any(character.isalnum() for character in prompt):
        raise BadAnswerError("`revised_prompt` must be a text that is not blank")
    if not isinstance(negative, str):
        raise BadAnswerError("`negative_prompt` must be a text")
    prompt, negative = prompt.strip(), negative.strip()
    for name, text, max_chars in (
        ("revised_prompt", prompt, model.max_prompt_chars),
        ("negative_prompt", negative, model.max_negative_prompt_chars),
    ):
        if len(text) > max_chars:
            raise BadAnswerError(f"`{name}` has {len(text)} characters; the model takes at most {max_chars}")
        if not understands(model, detect_language(text, None)):
            raise BadAnswerError(f"`{name}` is not in the model's language ({model.languages[0]})")
    return Revision(prompt, negative or None, str(answer.get("changes") or ""))


def _refuse_repeated_wording(revised: Revision, history: History) -> None:
    found = _normalize(revised.prompt), _normalize(revised.negative_prompt)
    for wording in history.wordings:
        if found == (_normalize(wording.record["prompt"]), _normalize(wording.record["negative_prompt"])):
            raise BadAnswerError("`revised_prompt` is a wording that was tried before; word it differently")


def _normalize(text: str | None) -> str:
    """Return the text for comparison: composed (NFC), without invisible characters, single spaces."""
    visible = "".join(one for one in unicodedata.normalize("NFC", text or "") if unicodedata.category(one) != "Cf")
    return " ".join(visible.split())


@dataclass(frozen=True)
class _Problems:
    """Problems found in a wording that is still usable."""

    for_claude: str
    """The text that is sent back. It stands outside the fence, so it quotes no text of the user's."""
    for_people: str
    """The text for the records and the proof sheet."""


def _find_problems(revised: Revision, history: History, ledger: Ledger) -> _Problems | None:
    if negation := find_negation(revised.prompt):
        text = f"`revised_prompt` says {negation!r}: name what must not be seen in `negative_prompt`, as a plain noun"
        return _Problems(text, text)
    if lost := _find_lost_texts(revised, history):
        return _Problems(
            "`revised_prompt` leaves out words that must be seen in the picture: keep those of `original_prompt` and of the "
            "requirements as they are, in their own script and in double quotes",
            f"the wording does not have the text: {'; '.join(lost)}",
        )
    try:
        missing = coverage.find_missing(
            history.request, revised.prompt, revised.negative_prompt, _worded(history), ledger
        )
    except ModelAnswerError:
        return None
    if missing:
        intro = "the wording does not ask for: "
        return _Problems(
            intro + ", ".join(item.id for item in missing),
            intro + "; ".join(item.text for item in missing),
        )
    return None


def _worded(history: History) -> list[Requirement]:
    """Return the requirements that a wording can ask for: not those of the task, which are about the source."""
    own = {one.id for one in own_requirements(vars(history.request))}
    return [one for one in history.requirements if one.id not in own]


def _find_lost_texts(revised: Revision, history: History) -> list[str]:
    """Return the texts in another script that the picture must show and that the wording does not have."""
    request, first, last = history.request, history.wordings[0], history.wordings[-1]
    if revision_reason(last) == "blocked":
        # The filter may have refused the text itself.
        return []
    sources = [one.text for one in history.requirements if one.kind == "text"]
    # In a prompt in another language, quotes may only stress a word.
    if understands(request.image_model, first.record["language"]):
        sources.append(request.prompt)
    texts = dict.fromkeys(text for source in sources for text in foreign_texts(source))
    wording = _normalize(revised.prompt)
    return [text for text in texts if _normalize(text) not in wording]


def _group_requirements(history: History, last: Wording) -> RequirementGroups:
    """Group the requirements by the wording's best picture: failed or uncertain (with what the judge saw), or met.

    If no picture was judged, all are `not_judged`.
    """
    groups = _no_requirements()
    best = last.best
    if best is None or best.verdict is None:
        return groups | {"not_judged": [_item(one) for one in history.requirements]}
    seen = {check["id"]: check for check in best.verdict["checks"] if check["candidate"] == best.verdict["candidate"]}
    for one in history.requirements:
        check = seen[one.id]
        finding = finding_of(check)
        if finding == "met":
            groups["keep"].append(_item(one))
        else:
            groups["failed" if finding == "missed" else finding].append({**_item(one), "observed": check["observed"]})
    return groups


def _no_requirements() -> RequirementGroups:
    return {"failed": [], "uncertain": [], "keep": [], "not_judged": []}


def _item(requirement: Requirement) -> dict[str, str]:
    return {"id": requirement.id, "text": requirement.text}
