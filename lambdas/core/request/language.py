"""Detect a prompt's language by its letters, and check whether an image model understands it."""

import re
import unicodedata

from lambdas.core.catalogue.models import ImageModel

# Text that the picture must show stands in quotes. It does not count, because it may be in another language.
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|「[^」]*」|『[^』]*』|„[^“”]*[“”]")
# An English prompt may have a few letters of another script: "a 侍 at dawn".
_FOREIGN_SHARE = 0.25
UNDETERMINED = "und"
_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


def detect_language(prompt: str, claude_tag: str | None) -> str:
    """Return the prompt's language as a BCP 47 tag: Claude's tag if it is valid, else "en" or "und" by its letters.

    Letters in quotes do not count. Latin letters count as English: only Claude can recognize other languages, such as French.
    """
    if claude_tag and _TAG.fullmatch(claude_tag.strip()):
        return claude_tag.strip()
    letters = [letter for letter in _QUOTED.sub(" ", prompt) if letter.isalpha()]
    foreign = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return UNDETERMINED if letters and foreign / len(letters) >= _FOREIGN_SHARE else "en"


def understands(model: ImageModel, language: str) -> bool:
    """Whether the model understands prompts in this language, by its documentation."""
    return re.split("[-_]", language)[0].lower() in model.languages
