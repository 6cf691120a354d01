"""The third question: how else can the prompt be worded, now that it is known what failed?"""

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
from lambdas.core.request.language import detect_language, understands
from lambdas.core.request.request import Request
from lambdas.core.request.requirement import Requirement
from lambdas.core.run.history import History, Wording
from lambdas.core.runtime.errors import ModelAnswerError

# A wording grows as it is made plainer, but not without end: a model that takes 10,000 characters needs no novel.
_LEAST_CHARS = 1_000
_GROWTH = 2
_TOKENS_BESIDE = 600
_PRICED_CHARS_OBSERVED = 200

ToldApart = dict[str, list[dict[str, str]]]
"""`failed`, `keep` and `not_judged`: every requirement of the run is in one of them."""

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


def revision_reason(last: Wording) -> str:
    """What was wrong with a wording: "language", "length", "blocked" or "failed"."""
    if last.record.get("unusable"):
        return str(last.record["unusable"])
    blocked = bool(last.attempts) and last.attempts[-1].outcome == "BLOCKED_PROMPT"
    return "blocked" if blocked else "failed"


def build_question(history: History) -> Question:
    """The question about the run so far. It always starts from the user's own prompt, never from a rewrite of one."""
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
    return _question(history.request, language, revision_reason(last), _told_apart(history, last), earlier)


def build_longest_question(request: Request, requirements: Sequence[Requirement]) -> Question:
    """A question as long as a run's last one can be expected to be, to price it."""
    chars = max_prompt_chars(request)
    observed = "x" * _PRICED_CHARS_OBSERVED
    told = {"failed": [{**_listed(item), "observed": observed} for item in requirements], "keep": [], "not_judged": []}
    wording = {"prompt": "x" * chars, "negative_prompt": "x" * _PRICED_CHARS_OBSERVED, "score": 0.5}
    return _question(request, "en", "failed", told, [wording] * max(request.max_prompt_revisions - 1, 0))


def _question(
    request: Request,
    language: str,
    why: str,
    told: ToldApart,
    earlier: list[dict[str, Any]],
) -> Question:
    model = request.image_model
    chars = max_prompt_chars(request)
    data = {
        "original_prompt": request.prompt,
        "original_negative_prompt": request.negative_prompt,
        "language": language,
        "why": why,
        **told,
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
        instructions=load_instructions("prompt"),
        text=fence(data),
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
    usable: list[Revision] = []

    def checked(answer: dict[str, Any]) -> Revision:
        revised = _read(answer, history.request)
        _refuse_an_earlier_wording(revised, history)
        doubts = _doubts(revised, history, ledger)
        noted = replace(revised, doubts=doubts.noted if doubts else None)
        if doubts and not usable:
            usable.append(noted)
            raise BadAnswerError(doubts.told)
        return noted

    try:
        return ask(build_question(history), ledger, checked)
    except ModelAnswerError:
        # What was sent back for a doubt can still be used when the repair of it cannot.
        if usable:
            return usable[0]
        raise


def _read(answer: dict[str, Any], request: Request) -> Revision:
    model = request.image_model
    prompt, negative = answer.get("revised_prompt"), answer.get("negative_prompt") or ""
    if not isinstance(prompt, str) or not any(character.isalnum() for character in prompt):
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
        if not understands(model, detect_language(text, None)):
            raise BadAnswerError(f"`{name}` is not in the model's language ({model.languages[0]})")
    return Revision(prompt, negative or None, str(answer.get("changes") or ""))


def _refuse_an_earlier_wording(revised: Revision, history: History) -> None:
    found = _as_compared(revised.prompt), _as_compared(revised.negative_prompt)
    for wording in history.wordings:
        if found == (_as_compared(wording.record["prompt"]), _as_compared(wording.record["negative_prompt"])):
            raise BadAnswerError("`revised_prompt` is a wording that was tried before; word it differently")


def _as_compared(text: str | None) -> str:
    """Without what makes no other wording: spacing, and characters that are not seen."""
    seen = "".join(one for one in unicodedata.normalize("NFC", text or "") if unicodedata.category(one) != "Cf")
    return " ".join(seen.split())


@dataclass(frozen=True)
class _Doubts:
    """What is to be wished for in a wording that could be used."""

    told: str
    """For Claude to act on; no text of a user's is in it, because it stands outside the fence."""
    noted: str
    """For people to read."""


def _doubts(revised: Revision, history: History, ledger: Ledger) -> _Doubts | None:
    if negation := find_negation(revised.prompt):
        said = f"`revised_prompt` says {negation!r}: name what must not be seen in `negative_prompt`, as a plain noun"
        return _Doubts(said, said)
    try:
        left_out = coverage.find_missing(
            history.request, revised.prompt, revised.negative_prompt, history.requirements, ledger
        )
    except ModelAnswerError:
        return None
    if left_out:
        said = "the wording does not ask for: "
        return _Doubts(
            said + ", ".join(item.id for item in left_out),
            said + "; ".join(f"{item.id} ({item.text})" for item in left_out),
        )
    return None


def _told_apart(history: History, last: Wording) -> ToldApart:
    """What the wording's best picture missed, with what was seen instead, and what it met; all, where none was judged."""
    best = last.best
    if best is None or best.verdict is None:
        return {"failed": [], "keep": [], "not_judged": [_listed(item) for item in history.requirements]}
    seen = {check["id"]: check for check in best.verdict["checks"] if check["candidate"] == best.verdict["candidate"]}
    return {
        "failed": [
            {**_listed(item), "observed": seen[item.id]["observed"]}
            for item in history.requirements
            if not seen[item.id]["met"]
        ],
        "keep": [_listed(item) for item in history.requirements if seen[item.id]["met"]],
        "not_judged": [],
    }


def _listed(item: Requirement) -> dict[str, str]:
    return {"id": item.id, "text": item.text}
