"""Which language a prompt is in, as far as its letters tell, and whether an image model understands it."""

import re
import unicodedata

from lambdas.core.catalogue.models import ImageModel

# Text that is meant to be seen in the picture stands in quotes and says nothing about the prompt's own language.
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|「[^」]*」|『[^』]*』|„[^“”]*[“”]")
# A borrowed word or two ("a 侍 at dawn") do not make an English prompt foreign.
_FOREIGN_SHARE = 0.25
UNDETERMINED = "und"
_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


def detect_language(prompt: str, told: str | None) -> str:
    """The BCP 47 tag that Claude told, if it is one, else "en" or "und" by the script of the letters outside quotes.

    Latin letters count as English: no script tells French from English, but Claude does.
    """
    if told and _TAG.fullmatch(told.strip()):
        return told.strip()
    letters = [letter for letter in _QUOTED.sub(" ", prompt) if letter.isalpha()]
    foreign = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return UNDETERMINED if letters and foreign / len(letters) >= _FOREIGN_SHARE else "en"


def understands(model: ImageModel, language: str) -> bool:
    """Whether the model's documentation says that it reads prompts of this language."""
    return re.split("[-_]", language)[0].lower() in model.languages
