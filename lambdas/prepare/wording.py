"""Whether the image model can use the user's own wording as it stands."""

from typing import Literal

from lambdas.core.claude.language import language_of, understands
from lambdas.core.errors import InvalidRequestError
from lambdas.core.request import Request

Unusable = Literal["language", "length"]


def unusable(request: Request, language: str) -> Unusable | None:
    """Why the image model cannot use the prompt, or the negative prompt, as written; None when it can."""
    model = request.image_model
    negative = request.negative_prompt or ""
    if len(request.prompt) > model.max_prompt_chars or len(negative) > model.max_negative_prompt_chars:
        return "length"
    if not understands(model, language) or not understands(model, language_of(negative, None)):
        return "language"
    return None


def refuse_what_only_a_revision_could_mend(request: Request, language: str) -> None:
    """The prompt is never cut short and never sent in a language that the model does not read.

    Raises:
        InvalidRequestError: the prompt must be revised before the first picture, and no revision is allowed.
    """
    fault = unusable(request, language)
    if fault is None or request.max_prompt_revisions > 0:
        return
    model = request.image_model
    said = {
        "length": f"is longer than the {model.max_prompt_chars} characters that {model.name} takes",
        "language": f"is not in English ({language}), which is all that {model.name} reads",
    }[fault]
    raise InvalidRequestError(f"prompt: {said}; mend it, or allow a revision (max_prompt_revisions of at least 1)")
