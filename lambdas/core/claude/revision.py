"""The third question: how else can the prompt be worded, now that it is known what failed?"""

from dataclasses import dataclass
from typing import Any

from lambdas.core.claude.answer import BadAnswer
from lambdas.core.claude.converse import ask
from lambdas.core.claude.language import language_of, understands
from lambdas.core.claude.question import Question, Tool, fenced, instructions
from lambdas.core.history import History, Wording
from lambdas.core.ledger import Ledger

# A wording grows as it is made plainer, but not without end: a model that takes 10,000 characters needs no novel.
_LEAST_CHARS = 1_000
_GROWTH = 2
_TOKENS_BESIDE = 600

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


def why_revised(last: Wording) -> str:
    """What was wrong with a wording: "language", "length", "blocked" or "failed"."""
    if last.record.get("unusable"):
        return str(last.record["unusable"])
    blocked = bool(last.attempts) and last.attempts[-1].outcome == "BLOCKED_PROMPT"
    return "blocked" if blocked else "failed"


def question(history: History) -> Question:
    """The question about the run so far. It always starts from the user's own prompt, never from a rewrite of one."""
    request, model = history.request, history.request.image_model
    first, last = history.wordings[0], history.wordings[-1]
    failed, keep = _told_apart(history, last)
    chars = max_prompt_chars(history)
    data = {
        "original_prompt": request.prompt,
        "original_negative_prompt": request.negative_prompt,
        "language": first.record["language"],
        "why": why_revised(last),
        "failed": failed,
        "keep": keep,
        "earlier_wordings": [
            {
                "prompt": wording.record["prompt"],
                "negative_prompt": wording.record["negative_prompt"],
                "score": wording.best.verdict["score"] if wording.best and wording.best.verdict else None,
            }
            for wording in history.wordings
            if wording.revision > 0
        ],
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


def max_prompt_chars(history: History) -> int:
    """The longest wording that is asked for."""
    return min(history.request.image_model.max_prompt_chars, max(_LEAST_CHARS, _GROWTH * len(history.request.prompt)))


def revise(history: History, ledger: Ledger) -> Revision:
    """Ask Claude for another wording.

    Raises:
        ModelAnswerError: no usable wording came (the state machine asks again).
    """
    earlier = [(wording.record["prompt"], wording.record["negative_prompt"]) for wording in history.wordings]

    def checked(answer: dict[str, Any]) -> Revision:
        revision = _read(answer, history)
        if (revision.prompt, revision.negative_prompt) in earlier:
            raise BadAnswer("`revised_prompt` is a wording that was tried before; word it differently")
        return revision

    return ask(question(history), ledger, checked)


def _read(answer: dict[str, Any], history: History) -> Revision:
    model = history.request.image_model
    prompt = answer.get("revised_prompt")
    negative = answer.get("negative_prompt") or None
    if not isinstance(prompt, str) or not prompt.strip():
        raise BadAnswer("`revised_prompt` must be a text that is not blank")
    if negative is not None and not isinstance(negative, str):
        raise BadAnswer("`negative_prompt` must be a text")
    for name, text, most in (
        ("revised_prompt", prompt, model.max_prompt_chars),
        ("negative_prompt", negative or "", model.max_negative_prompt_chars),
    ):
        if len(text) > most:
            raise BadAnswer(f"`{name}` has {len(text)} characters; the model takes at most {most}")
        if not understands(model, language_of(text, None)):
            raise BadAnswer(f"`{name}` is not in the model's language ({model.languages[0]})")
    return Revision(prompt.strip(), negative.strip() if negative else None, str(answer.get("changes") or ""))


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
