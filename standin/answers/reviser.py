"""The stand-in's answer to `record_prompt`: the prompt in better words, made from the original one.

What failed comes first and plainly, what passed stays as it is, absences move to the negative prompt as plain nouns. A
prompt in another language is put into English as far as the vocabulary goes; an English one keeps its other words.
"""

from dataclasses import replace
from typing import Any

from standin.answers.content_filter import without_blocked_words
from standin.scenes.language.negations import without_negations
from standin.scenes.language.reading import read
from standin.scenes.language.scene import Scene, Wanted, merged
from standin.scenes.language.vocabulary import LANGUAGES, things
from standin.scenes.language.writing import EMPHASES, name_of, phrase_of, phrases_of

UNTRANSLATED = "A picture card"
_OPENINGS = ("A picture of", "An illustration of", "A clear view of", "A drawing of", "An image of")
_OPPOSITE_PLACES = {
    "left of": ("left", "right"),
    "right of": ("right", "left"),
    "above": ("above", "below"),
    "below": ("below", "above"),
}


def revise(data: dict[str, Any]) -> dict[str, Any]:
    """The input of `record_prompt` for the data of docs/contract.md."""
    original = " ".join(str(data.get("original_prompt") or "").split())
    language = str(data.get("language") or "").split("-")[0]
    scene = read(original, language if language in LANGUAGES else None)
    limits = data.get("image_model") or {}
    earlier = [wording for wording in data.get("earlier_wordings") or [] if isinstance(wording, dict)]
    failed = _failed_wants(data, scene)
    failed_keys = {want.key for want in failed}
    emphasis = EMPHASES[len(earlier) % len(EMPHASES)]
    first = [_repair(want, emphasis, scene) for want in failed]
    if scene.language == "en":
        rest = [without_negations(original)]
    else:
        rest = phrases_of(scene, failed_keys) or ([] if first else [UNTRANSLATED])
    whole = _sentences(first, rest, is_caption=scene.language != "en")
    spare = [*first, *phrases_of(scene, failed_keys)]
    max_chars = int(limits.get("max_prompt_chars") or 10_000)
    prompt = _fitting(whole, spare, max_chars)
    negative = _negative(scene, data, earlier, int(limits.get("max_negative_prompt_chars") or 10_000))
    # Whatever the reason: every revision starts from the original, which may hold them.
    prompt, negative = without_blocked_words(prompt), without_blocked_words(negative)
    tried = [original, *(str(wording.get("prompt")) for wording in earlier)]
    prompt = _unlike(prompt, tried, max_chars)
    return {
        "revised_prompt": prompt or UNTRANSLATED,
        "negative_prompt": negative,
        "changes": _changes(data, scene, failed, negative),
    }


def _unlike(prompt: str, tried: list[str], max_chars: int) -> str:
    """The prompt, opened in another way when it says just what was tried before."""
    for opening in ("", *_OPENINGS):
        worded = f"{opening} {prompt[:1].lower()}{prompt[1:]}" if opening else prompt
        if worded not in tried and len(worded) <= max_chars:
            return worded
    return prompt


def _failed_wants(data: dict[str, Any], scene: Scene) -> list[Wanted]:
    """The things that did not come out, as the original asks for them, in the order the requirements name them."""
    by_key = {want.key: want for want in scene.present}
    found: list[Wanted] = []
    for failure in data.get("failed") or []:
        about = read(str(failure.get("text") or ""))
        for relation in about.relations:
            places = _OPPOSITE_PLACES[relation.kind]
            for key, place in zip((relation.subject, relation.object), places, strict=True):
                found.append(replace(by_key.get(key, Wanted(thing=key[0], colour=key[1])), place=place))
        if about.relations:
            continue
        # "drift ice on the sea": what is missing is the ice.
        missed = [want for want in about.present if want.thing != "sea" or len(about.present) == 1]
        found += [by_key.get(want.key, want) for want in missed]
    return list(merged(found))


def _repair(want: Wanted, emphasis: str, scene: Scene) -> str:
    thing = things()[want.thing]
    on_sea = want.thing == "ice" and any(other.thing == "sea" for other in scene.present)
    if thing.group in ("time", "ground"):
        return phrase_of(want, emphasis="clearly visible")
    return phrase_of(want, emphasis=emphasis, is_exact=True) + (" on the sea" if on_sea else "")


def _sentences(first: list[str], rest: list[str], *, is_caption: bool) -> str:
    if is_caption:
        return _capital(", ".join(first + rest))
    return " ".join([_capital(", ".join(first)) + "." if first else "", _capital(", ".join(rest))]).strip()


def _fitting(whole: str, phrases: list[str], max_chars: int) -> str:
    """The prompt within the limit: whole, else only what is known of it, else the first words of it."""
    if len(whole) <= max_chars:
        return whole
    kept = list(phrases)
    while kept and len(", ".join(kept)) > max_chars:
        kept.pop()
    if kept:
        return _capital(", ".join(kept))
    cut = whole[: max_chars + 1]
    return (cut.rsplit(None, 1)[0] if any(map(str.isspace, cut)) else cut[:max_chars])[:max_chars].rstrip(" ,;")


def _negative(scene: Scene, data: dict[str, Any], earlier: list[dict[str, Any]], max_chars: int) -> str:
    terms = [name_of(want, many=True) for want in scene.absent]
    original = str(data.get("original_negative_prompt") or "")
    terms += original.split(",") if original.isascii() else [name_of(want, many=True) for want in read(original).wants]
    if earlier:
        terms += [term for term in str(earlier[-1].get("negative_prompt") or "").split(",") if term.isascii()]
    for failure in data.get("failed") or []:
        terms += [name_of(want, many=True) for want in read(str(failure.get("text") or "")).absent]
    kept: list[str] = []
    for term in (term.strip() for term in terms):
        if term and term not in kept and len(", ".join([*kept, term])) <= max_chars:
            kept.append(term)
    return ", ".join(kept)


def _changes(data: dict[str, Any], scene: Scene, failed: list[Wanted], negative: str) -> str:
    parts = []
    if scene.language != "en":
        known = ", ".join(name_of(want, many=want.is_absent or None) for want in scene.wants)
        parts.append(f"Put into English what the stand-in knows of it: {known or 'nothing'}.")
    if failed:
        parts.append(f"Named first and plainly: {', '.join(name_of(want) for want in failed)}.")
    if negative:
        parts.append(f"Moved to the negative prompt: {negative}.")
    if data.get("why") == "blocked":
        parts.append("Took out words that the content filter blocks.")
    if data.get("why") == "length":
        parts.append("Cut to the model's limit, the least important last.")
    return " ".join(parts) or "Said the same again in plain words."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
