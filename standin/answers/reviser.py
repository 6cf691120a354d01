"""The answer to `record_prompt`: a better prompt, made from the original one.

The failed things come first, in plain strong words. The rest stays. Negations that it understands move to the negative
prompt as nouns. An English prompt keeps its unknown words. The known words of a Japanese prompt are translated. Its unknown
words stay in Japanese, because a translation would be invented, but only as many as a prompt in English may have: an image
model that reads English only would not use the rest. `record_coverage` lists what was left out. If that is everything
unknown, "further details" take its place.
"""

import re
from dataclasses import replace
from typing import Any

from standin.answers.content_filter import remove_blocked_words
from standin.scenes.language.parse_scene import parse_excluded, parse_scene
from standin.scenes.language.phrases import EMPHASES, name_want, phrase_emphasized, phrase_scene
from standin.scenes.language.scene import Scene, Want, merge_wants
from standin.scenes.language.tokenizer import QUOTED

UNTRANSLATABLE = "A picture card"
"""The revised prompt when no word of the original is known."""
LEFT_OUT = ". Further details"
"""Stands for the unknown parts in a revised prompt that has none of them. Without it, the prompt would ask for less."""
_QUOTED = re.compile(QUOTED)
MAX_FOREIGN_SHARE = 0.24
"""The share of letters in another script that a prompt in English may have."""
_DEFAULT_MAX_CHARS = 10_000
_OPENINGS = ("A picture of", "An image of", "There is", "A scene with")
_PLACES_OF_RELATION = {
    "left of": ("left", "right"),
    "right of": ("right", "left"),
    "above": ("above", "below"),
    "below": ("below", "above"),
}
"""The places of the subject and the object of a relation."""


def revise_prompt(data: dict[str, Any]) -> dict[str, Any]:
    """Return the input of `record_prompt`.

    Used fields of `data`: original_prompt, original_negative_prompt, language, why, failed, earlier_wordings and
    image_model (max_prompt_chars, max_negative_prompt_chars).
    """
    original = " ".join(str(data.get("original_prompt") or "").split())
    scene = parse_scene(original)
    limits = data.get("image_model") or {}
    max_chars = int(limits.get("max_prompt_chars") or _DEFAULT_MAX_CHARS)
    max_negative_chars = int(limits.get("max_negative_prompt_chars") or _DEFAULT_MAX_CHARS)
    earlier = [wording for wording in data.get("earlier_wordings") or [] if isinstance(wording, dict)]
    failed = _find_failed(data, scene)
    emphasis = EMPHASES[len(earlier) % len(EMPHASES)]
    prompt = _compose(original, scene, failed, emphasis, max_chars)
    negative = _compose_negative(scene, data, earlier, max_negative_chars)
    # For any reason of the revision: each one starts from the original prompt, which may have blocked words.
    prompt, negative = remove_blocked_words(prompt), remove_blocked_words(negative)
    tried = [original, *(str(wording.get("prompt")) for wording in earlier)]
    if _has_lost_unknown(prompt, negative, scene, data):
        shorter = remove_blocked_words(_compose(original, scene, failed, emphasis, max_chars - len(LEFT_OUT)))
        prompt = shorter.rstrip(".") + LEFT_OUT
    prompt = _make_new(prompt, tried, max_chars)
    return {
        "revised_prompt": prompt or UNTRANSLATABLE,
        "negative_prompt": negative,
        "changes": _describe_changes(data, scene, failed, negative),
    }


def _has_lost_unknown(prompt: str, negative: str, scene: Scene, data: dict[str, Any]) -> bool:
    """Return whether the original prompt has unknown parts, and nothing of them is left in the revised one."""
    excluded = parse_excluded(str(data.get("original_negative_prompt") or ""))
    is_known = scene.is_understood and excluded.is_understood
    return not is_known and parse_scene(prompt, "en").is_understood and parse_excluded(negative).is_understood


def _find_failed(data: dict[str, Any], scene: Scene) -> list[Want]:
    """Return the original prompt's wants that failed, in the order of the failed requirements."""
    by_key = {want.key: want for want in scene.present}
    found: list[Want] = []
    for failure in data.get("failed") or []:
        required = parse_scene(str(failure.get("text") or ""))
        if required.unread:
            continue
        for relation in required.relations:
            places = _PLACES_OF_RELATION[relation.kind]
            for key, place in zip((relation.subject, relation.object), places, strict=True):
                found.append(replace(by_key.get(key, Want(thing=key[0], colour=key[1])), place=place))
        if required.relations:
            continue
        # In "drift ice on the sea", the ice is missing.
        missing = [want for want in required.present if want.thing != "sea" or len(required.present) == 1]
        found += [by_key.get(want.key, want) for want in missing]
    return list(merge_wants(found))


def _compose(original: str, scene: Scene, failed: list[Want], emphasis: str, max_chars: int) -> str:
    failed_keys = {want.key for want in failed}
    first = [_emphasize(want, emphasis, scene) for want in failed]
    others = phrase_scene(scene, failed_keys)
    texts = [f"the text {quoted}" for quoted in _find_texts(scene)]
    if scene.language == "ja":
        known = [*first, *others]
        # In sentences of their own, what is unknown cannot change what is said before it.
        foreign = ", ".join([*texts, *_keep_foreign([*known, *texts], scene)])
        whole = _capitalize(". ".join(filter(None, (", ".join(known), foreign))) or UNTRANSLATABLE)
    elif scene.language == "en":
        whole = " ".join(
            [_capitalize(", ".join(first)) + "." if first else "", _capitalize(remove_negations(original, scene))]
        ).strip()
    else:
        is_usable = _foreign_share(original) < MAX_FOREIGN_SHARE
        whole = original if is_usable else ", ".join([UNTRANSLATABLE, *texts])
    return _shorten(whole, [*first, *texts, *others], max_chars)


def _find_texts(scene: Scene) -> list[str]:
    """Return the texts that the picture must show and that the painter cannot paint, in double quotes."""
    found = [match["quoted"] for unread in scene.unread for match in _QUOTED.finditer(unread.text)]
    return [f'"{quoted[1:-1]}"' for quoted in dict.fromkeys(found)]


def remove_negations(text: str, scene: Scene) -> str:
    """Remove phrases such as "no people" and "without cars or birds": an image model tends to paint what they name."""
    for start, end in reversed(scene.negations):
        text = text[:start].rstrip(" ,") + text[end:]
    text = re.sub(r"\b(?:with|and|but|or)\s*(?=[,.;]|$)", "", re.sub(r"\s+", " ", text))
    return re.sub(r"\s+([,.;])", r"\1", text).strip(" ,")


def _keep_foreign(known: list[str], scene: Scene) -> list[str]:
    """Return the first unread parts that may stay in their script."""
    kept: list[str] = []
    for unread in scene.unread:
        if _foreign_share(", ".join([*known, *kept, unread.text])) < MAX_FOREIGN_SHARE:
            kept.append(unread.text)
    return kept


def _foreign_share(text: str) -> float:
    # Quoted text may be in any script.
    letters = [character for character in _QUOTED.sub(" ", text) if character.isalpha()]
    return sum(ord(letter) > 0x24F for letter in letters) / max(1, len(letters))


def _emphasize(want: Want, emphasis: str, scene: Scene) -> str:
    is_on_sea = want.thing == "ice" and any(other.thing == "sea" for other in scene.present)
    return phrase_emphasized(want, emphasis) + (" on the sea" if is_on_sea else "")


def _shorten(whole: str, phrases: list[str], max_chars: int) -> str:
    """Return the whole prompt if it fits, else the phrases that fit, else the first words."""
    if len(whole) <= max_chars:
        return whole
    kept = list(phrases)
    while kept and len(", ".join(kept)) > max_chars:
        kept.pop()
    if kept:
        return _capitalize(", ".join(kept))
    cut = whole[: max_chars + 1]
    return (cut.rsplit(None, 1)[0] if any(map(str.isspace, cut)) else cut[:max_chars])[:max_chars].rstrip(" ,;")


def _make_new(prompt: str, tried: list[str], max_chars: int) -> str:
    """Put an opening before a prompt that was tried already. Keep it if no new opening fits."""
    for opening in ("", *_OPENINGS):
        worded = f"{opening} {prompt[:1].lower()}{prompt[1:]}" if opening else prompt
        if worded not in tried and len(worded) <= max_chars:
            return worded
    return prompt


def _compose_negative(scene: Scene, data: dict[str, Any], earlier: list[dict[str, Any]], max_chars: int) -> str:
    terms = [name_want(want, plural=True) for want in scene.absent]
    original = str(data.get("original_negative_prompt") or "")
    terms += (
        original.split(",")
        if original.isascii()
        else [name_want(want, plural=True) for want in parse_excluded(original).wants]
    )
    if earlier:
        terms += [term for term in str(earlier[-1].get("negative_prompt") or "").split(",") if term.isascii()]
    for failure in data.get("failed") or []:
        terms += [name_want(want, plural=True) for want in parse_scene(str(failure.get("text") or "")).absent]
    kept: list[str] = []
    for term in (term.strip() for term in terms):
        if term and term not in kept and len(", ".join([*kept, term])) <= max_chars:
            kept.append(term)
    return ", ".join(kept)


def _describe_changes(data: dict[str, Any], scene: Scene, failed: list[Want], negative: str) -> str:
    parts = []
    if scene.language == "ja":
        known = ", ".join(name_want(want, plural=want.is_absent or None) for want in scene.wants)
        parts.append(f"Translated the known words into English: {known or 'nothing'}.")
        kept = _keep_foreign(phrase_scene(scene), scene)
        parts += [f"Left out, because it is unknown: {one.text}." for one in scene.unread if one.text not in kept]
    if failed:
        parts.append(f"Put first and emphasized: {', '.join(name_want(want) for want in failed)}.")
    if negative:
        parts.append(f"Moved to the negative prompt: {negative}.")
    if data.get("why") == "blocked":
        parts.append("Removed words that the content filter blocks.")
    if data.get("why") == "length":
        parts.append("Shortened to the model's limit, least important words first.")
    return " ".join(parts) or "Repeated the prompt in other words."


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]
