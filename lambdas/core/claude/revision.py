"""The third question: how else can the prompt be worded, now that it is known what failed?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lambdas.core.claude import coverage
from lambdas.core.claude.answer import BadAnswerError
from lambdas.core.claude.converse import ask
from lambdas.core.claude.language import language_of, understands
from lambdas.core.claude.negation import negation_in
from lambdas.core.claude.question import Question, Tool, fenced, instructions
from lambdas.core.errors import ModelAnswerError
from lambdas.core.history import History, Wording
from lambdas.core.ledger import Ledger
from lambdas.core.request import Request
from lambdas.core.requirement import Requirement

# A wording grows as it is made plainer, but not without end: a model that takes 10,000 characters needs no novel.
_LEAST_CHARS = 1_000
_GROWTH = 2
_TOKENS_BESIDE = 600
_PRICED_CHARS_OBSERVED = 200

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
    """What was still to be wished for after the wording was sent back once."""


def why_revised(last: Wording) -> str:
    """What was wrong with a wording: "language", "length", "blocked" or "failed"."""
    if last.record.get("unusable"):
        return str(last.record["unusable"])
    blocked = bool(last.attempts) and last.attempts[-1].outcome == "BLOCKED_PROMPT"
    return "blocked" if blocked else "failed"


def question(history: History) -> Question:
    """The question about the run so far. It always starts from the user's own prompt, never from a rewrite of one."""
    last = history.wordings[-1]
    failed, keep = _told_apart(history, last)
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
    return _question(history.request, language, why_revised(last), failed, keep, earlier)


def question_before_the_run(request: Request, requirements: Sequence[Requirement]) -> Question:
    """A question as long as a run's last one can be expected to be, to price it."""
    chars = max_prompt_chars(request)
    failed = [{"id": item.id, "text": item.text, "observed": "x" * _PRICED_CHARS_OBSERVED} for item in requirements]
    wording = {"prompt": "x" * chars, "negative_prompt": "x" * _PRICED_CHARS_OBSERVED, "score": 0.5}
    return _question(request, "en", "failed", failed, [], [wording] * max(request.max_prompt_revisions - 1, 0))


def _question(
    request: Request,
    language: str,
    why: str,
    failed: list[dict[str, str]],
    keep: list[dict[str, str]],
    earlier: list[dict[str, Any]],
) -> Question:
    model = request.image_model
    chars = max_prompt_chars(request)
    data = {
        "original_prompt": request.prompt,
        "original_negative_prompt": request.negative_prompt,
        "language": language,
        "why": why,
        "failed": failed,
        "keep": keep,
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
        instructions=instructions("prompt"),
        text=fenced(data),
        answer_tokens=_TOKENS_BESIDE + chars,
        sampling=request.sampling("revise"),
    )


def max_prompt_chars(request: Request) -> int:
    """The longest wording that is asked for."""
    return min(request.image_model.max_prompt_chars, max(_LEAST_CHARS, _GROWTH * len(request.prompt)))


def revise(history: History, ledger: Ledger) -> Revision:
    """Ask Claude for another wording, and check it before a picture is paid for it.

    What the image model could not use, or was tried before, is sent back once and then given up. A wording that only
    leaves something to be wished for (a negation, a requirement not covered) is sent back once and then taken.

    Raises:
        ModelAnswerError: no usable wording came (the state machine asks again).
        CeilingReachedError: asking, or checking, could pass the run's ceiling.
    """
    sent_back = False

    def checked(answer: dict[str, Any]) -> Revision:
        nonlocal sent_back
        revised = _read(answer, history.request)
        _refuse_an_earlier_wording(revised, history)
        doubts = _doubts(revised, history, ledger)
        if doubts and not sent_back:
            sent_back = True
            raise BadAnswerError(doubts)
        return replace(revised, doubts=doubts)

    return ask(question(history), ledger, checked)


def _read(answer: dict[str, Any], request: Request) -> Revision:
    model = request.image_model
    prompt, negative = answer.get("revised_prompt"), answer.get("negative_prompt") or ""
    if not isinstance(prompt, str) or not prompt.strip():
        raise BadAnswerError("`revised_prompt` must be a text that is not blank")
    if not isinstance(negative, str):
        raise BadAnswerError("`negative_prompt` must be a text")
    prompt, negative = prompt.strip(), negative.strip()
    for name, text, most in (
        ("revised_prompt", prompt, model.max_prompt_chars),
        ("negative_prompt", negative, model.max_negative_prompt_chars),
    ):
        if len(text) > most:
            raise BadAnswerError(f"`{name}` has {len(text)} characters; the model takes at most {most}")
        if not understands(model, language_of(text, None)):
            raise BadAnswerError(f"`{name}` is not in the model's language ({model.languages[0]})")
    return Revision(prompt, negative or None, str(answer.get("changes") or ""))


def _refuse_an_earlier_wording(revised: Revision, history: History) -> None:
    for wording in history.wordings:
        if (revised.prompt, revised.negative_prompt) == (wording.record["prompt"], wording.record["negative_prompt"]):
            raise BadAnswerError("`revised_prompt` is a wording that was tried before; word it differently")


def _doubts(revised: Revision, history: History, ledger: Ledger) -> str | None:
    """What is to be wished for in a wording that could be used, in words that Claude can act on."""
    if negation := negation_in(revised.prompt):
        return f"`revised_prompt` says {negation!r}: name what must not be seen in `negative_prompt`, as a plain noun"
    try:
        left_out = coverage.missing(
            history.request, revised.prompt, revised.negative_prompt, history.requirements, ledger
        )
    except ModelAnswerError:
        return None
    if left_out:
        return "the wording does not ask for: " + "; ".join(f"{item.id} ({item.text})" for item in left_out)
    return None


def _told_apart(history: History, last: Wording) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The requirements that the wording's best picture missed, with what was seen instead, and those that it met."""
    best = last.best
    if best is None or best.verdict is None:
        return [], []
    seen = {check["id"]: check for check in best.verdict["checks"] if check["candidate"] == best.verdict["candidate"]}
    failed = [
        {"id": item.id, "text": item.text, "observed": seen[item.id]["observed"]}
        for item in history.requirements
        if not seen[item.id]["met"]
    ]
    keep = [{"id": item.id, "text": item.text} for item in history.requirements if seen[item.id]["met"]]
    return failed, keep
