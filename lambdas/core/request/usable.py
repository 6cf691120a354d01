"""Whether the image model can use the user's own wording as it stands."""

from typing import Literal

from lambdas.core.request.language import detect_language, understands
from lambdas.core.request.request import Request
from lambdas.core.runtime.errors import InvalidRequestError

Unusable = Literal["language", "length"]


def unusable(request: Request, language: str) -> Unusable | None:
    """Why the image model cannot use the prompt, or the negative prompt, as written; None when it can."""
    fault = _fault(request, language)
    return fault[1] if fault else None


def _fault(request: Request, language: str) -> tuple[str, Unusable, str] | None:
    """The first field that the model cannot use, why, and in words."""
    model = request.image_model
    negative = request.negative_prompt or ""
    texts = (
        ("prompt", request.prompt, model.max_prompt_chars, language),
        ("negative_prompt", negative, model.max_negative_prompt_chars, detect_language(negative, None)),
    )
    for field, text, most, _ in texts:
        if len(text) > most:
            return field, "length", f"is longer than the {most:,} characters that {model.name} takes"
    for field, _, _, written_in in texts:
        if not understands(model, written_in):
            return field, "language", f"is not in English ({written_in}), which is all that {model.name} reads"
    return None


def refuse_what_only_a_revision_could_mend(request: Request, language: str) -> None:
    """The prompt is never cut short and never sent in a language that the model does not read.

    Raises:
        InvalidRequestError: the prompt must be revised before the first picture, and no revision is allowed.
    """
    fault = _fault(request, language)
    if fault is None or request.max_prompt_revisions > 0:
        return
    field, _, said = fault
    raise InvalidRequestError(f"{field}: {said}; mend it, or allow a revision (max_prompt_revisions of at least 1)")
