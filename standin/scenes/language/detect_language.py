"""Detection of a prompt's language, by its script and its short words."""

import re

from standin.scenes.language.vocabulary import LANGUAGES, UNSPACED, function_words, pattern

_QUOTED = re.compile(r"[\"“”「『][^\"“”」』]{1,40}[\"“”」』]")
_SCRIPTS = (
    ("ko", re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]")),
    ("ja", re.compile(r"[\u3041-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_LATIN_LANGUAGES = tuple(language for language in LANGUAGES if language not in UNSPACED)


def detect_language(text: str) -> str:
    """Return the BCP 47 tag of a text's language, without its quoted words. `und`: undetermined."""
    bare = _QUOTED.sub(" ", text)
    letters = sum(character.isalpha() for character in bare)
    for tag, script in _SCRIPTS:
        if len(script.findall(bare)) > 0.15 * letters:
            return _detect_han_language(bare) if tag == "zh" else tag
    lower = bare.lower()
    words = re.findall(r"[^\W\d_]+", lower)
    points = {
        language: sum(word in function_words(language) for word in words)
        + 2 * sum(1 for _ in pattern(language).finditer(lower))
        for language in _LATIN_LANGUAGES
    }
    best = max(_LATIN_LANGUAGES, key=lambda language: points[language])
    if points[best] > 0:
        # In a tie, English wins: it is the first of the list.
        return best
    return "und" if any(ord(character) > 127 and character.isalpha() for character in bare) else "en"


def _detect_han_language(text: str) -> str:
    # Only Han characters: Chinese, or a list of Japanese nouns ("雪山 満月"). The vocabulary that covers more of it wins.
    covered = {
        language: sum(len(match.group()) for match in pattern(language).finditer(text)) for language in ("zh", "ja")
    }
    return "ja" if covered["ja"] > covered["zh"] else "zh"
