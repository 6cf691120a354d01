"""Detection of a prompt's language, by its script and its short words."""

import re

from standin.scenes.language.read_japanese import JAPANESE_TOKENIZER
from standin.scenes.language.tokenizer import QUOTED
from standin.scenes.language.vocabulary import short_words, words

_SHOWN = re.compile(
    rf"{QUOTED}|\b(?:says?|saying|reads?|reading|the (?:words?|text)):?\s+[^\W\d_A-Za-z\u00c0-\u024f][^A-Za-z.,;!?\n。、，！？]*"
)
"""Text that the picture shows: in quotes, or, in another script, after "that says"."""
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
_JAPANESE = [phrase for phrase in JAPANESE_TOKENIZER.phrases if len(phrase) > 1]
HAN_LANGUAGES = ("ja", "zh")


def detect_language(text: str) -> str:
    """Return the BCP 47 tag of a text's language, without the words that the picture shows. `und`: undetermined."""
    bare = _SHOWN.sub(" ", text)
    letters = sum(character.isalpha() for character in bare)
    for tag, script in _SCRIPTS:
        if len(script.findall(bare)) > 0.15 * letters:
            # Han characters alone: Chinese, or a list of Japanese nouns ("雪山 満月").
            return "ja" if tag == "zh" and any(word in bare for word in _JAPANESE) else tag
    found = re.findall(r"[^\W\d_]+", bare.lower())
    points = {language: sum(word in short for word in found) for language, short in short_words().items()}
    if not any(len(word) > 1 for word in found):
        # Single letters, such as "x y", are of no language.
        return "en" if bare.isascii() else "und"
    points["en"] += sum(word in words("en") for word in found)
    best = max(points, key=lambda language: points[language])
    if points[best] > 0:
        # In a tie, English wins: it is the first.
        return best
    return "und" if any(ord(character) > 127 and character.isalpha() for character in bare) else "en"
