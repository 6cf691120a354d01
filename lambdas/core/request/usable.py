"""Whether the image model can use the prompt and the negative prompt as the user wrote them."""

from dataclasses import dataclass
from typing import Literal

from lambdas.core.request.faults import Faults
from lambdas.core.request.language import UNDETERMINED, detect_language, understands
from lambdas.core.request.request import Request
from lambdas.core.runtime.errors import InvalidRequestError

Unusable = Literal["language", "length"]


@dataclass(frozen=True)
class Usability:
    """The answer for one request and one language of its prompt."""

    language: str
    """The prompt's, as a BCP 47 tag."""
    reason: Unusable | None = None
    """Why the model cannot use the texts; None when it can."""
    message: str = ""
    """The field at fault and the reason, in words."""

    @property
    def must_revise_first(self) -> bool:
        """Whether the prompt must be revised before the first picture."""
        return self.reason is not None


def check_usability(request: Request, language: str) -> Usability:
    """Return whether the image model can use a prompt in this language.

    The length counts first: a prompt that is too long is shortened and translated in one revision.
    """
    model = request.image_model
    negative_prompt = (request.negative_prompt or "") if model.max_negative_prompt_chars else ""
    lengths = (
        ("prompt", request.prompt, model.max_prompt_chars),
        ("negative_prompt", negative_prompt, model.max_negative_prompt_chars),
    )
    for field, text, most in lengths:
        if len(text) > most:
            return Usability(
                language, "length", f"{field}: is longer than the {most:,} characters that {model.name} takes"
            )
    for field, tag in (("prompt", language), ("negative_prompt", detect_language(negative_prompt, None))):
        if not understands(model, tag):
            return Usability(
                language, "language", f"{field}: is not in English ({tag}), which is all that {model.name} reads"
            )
    return Usability(language)


def refuse_unusable(request: Request, usability: Usability) -> None:
    """Refuse a prompt that must be revised when no revision is allowed. It is never cut short or sent untranslated.

    Raises:
        InvalidRequestError: names the field.
    """
    if usability.must_revise_first and request.max_prompt_revisions == 0:
        raise InvalidRequestError(
            f"{usability.message}; fix it, or allow a revision (max_prompt_revisions of at least 1)"
        )


def collect_unusable(request: Request, faults: Faults) -> Usability:
    """Return the usability for the language that the prompt's script suggests.

    Add the fault of a prompt that must be revised when no revision is allowed, unless a field that decides it has a fault.
    """
    if faults.have("prompt", "negative_prompt", "image_model_id"):
        return Usability(UNDETERMINED)
    usability = check_usability(request, detect_language(request.prompt, None))
    if not faults.have("max_prompt_revisions"):
        with faults.collect():
            refuse_unusable(request, usability)
    return usability
