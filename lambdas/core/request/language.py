"""Detect a prompt's language by its letters, and check whether an image model understands it."""

import re
import unicodedata

from lambdas.core.catalogue.models import ImageModel

# Text that the picture must show stands in quotes, or, in another script, after words such as "a sign that says". It does
# not count, because it may be in another language.
_QUOTED = r"\"[^\"]*\"|“[^”]*”|«[^»]*»|「[^」]*」|『[^』]*』|„[^“”]*[“”]|(?<!\w)['‘][^'’]*['’](?!\w)"
_LATIN = "A-Za-z\u00c0-\u024f"
_INTRODUCED = (
    r"\b(?:says?|saying|reads?|reading|spells?|spelling|written|labell?ed|titled|"
    r"the (?:words?|text|letters|characters|kanji|kana|hiragana|katakana|hangul)):?\s+"
    rf"(?P<bare>[^\W\d_{_LATIN}][^{_LATIN}.,;!?\n。、，！？]*)"
)
_SHOWN = re.compile(rf"{_QUOTED}|{_INTRODUCED}")
# An English prompt may have a few letters of another script: "a 侍 at dawn".
_FOREIGN_SHARE = 0.25
UNDETERMINED = "und"
_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")


def detect_language(prompt: str, claude_tag: str | None) -> str:
    """Return the prompt's language as a BCP 47 tag: Claude's tag if it is valid, else "en" or "und" by its letters.

    Letters of text that the picture must show do not count. Latin letters count as English: only Claude can recognize other
    languages, such as French.
    """
    if claude_tag and _TAG.fullmatch(claude_tag.strip()):
        return claude_tag.strip()
    letters = [letter for letter in _SHOWN.sub(" ", prompt) if letter.isalpha()]
    foreign = sum(map(_is_foreign, letters))
    return UNDETERMINED if letters and foreign / len(letters) >= _FOREIGN_SHARE else "en"


def foreign_texts(prompt: str) -> list[str]:
    """Return the texts in another script that the picture must show: those in quotes, and those after "that says"."""
    texts = [match["bare"] or match[0][1:-1] for match in _SHOWN.finditer(prompt)]
    return [text.strip() for text in texts if any(letter.isalpha() and _is_foreign(letter) for letter in text)]


def _is_foreign(letter: str) -> bool:
    return not unicodedata.name(letter, "").startswith("LATIN")


def understands(model: ImageModel, language: str) -> bool:
    """Whether the model understands prompts in this language, by its documentation."""
    return re.split("[-_]", language)[0].lower() in model.languages
